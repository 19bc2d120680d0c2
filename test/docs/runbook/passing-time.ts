/** Time that passes at once, for all that looks at this process's clock: functions, queues and clouds. */
export interface PassingTime {
  pass(ms: number): void;
  /** The clock is the machine's again. */
  end(): void;
}

/** Nothing else changes: the clock goes on, and whoever sleeps sleeps as long as ever. */
export function passingTime(): PassingTime {
  const MachineDate = globalThis.Date;
  let ahead = 0;
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, args: unknown[], self) =>
      Reflect.construct(target, args.length === 0 ? [target.now() + ahead] : args, self) as object,
    get: (target, name, self) =>
      name === "now" ? () => target.now() + ahead : (Reflect.get(target, name, self) as unknown),
  });
  return {
    pass: (ms) => void (ahead += ms),
    end: () => void (globalThis.Date = MachineDate),
  };
}
