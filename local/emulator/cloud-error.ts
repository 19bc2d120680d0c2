/** An error as a cloud answers it. Each cloud's server renders it in its own format. */
export class CloudError extends Error {
  override readonly name = "CloudError";
  readonly httpStatus: number;
  readonly code: string;

  constructor(httpStatus: number, code: string, message: string) {
    super(message);
    this.httpStatus = httpStatus;
    this.code = code;
  }
}
