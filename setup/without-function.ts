/** What serverless.yml describes, after its variables are resolved. */
export interface Service {
  readonly functions: Readonly<Record<string, { readonly role?: unknown }>>;
  readonly resources: { readonly Resources: Readonly<Record<string, TemplateResource>> };
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** How a function is named where it is measured. */
interface Measured {
  /** The function's name in AWS. */
  readonly functionName: string;
  /** The name under which it counts its own metrics. */
  readonly service: string;
}

/** The service without one of its functions, its role, and every alarm and graph that is about nothing else. */
export function withoutFunction<T extends Service>(service: T, name: string, measured: Measured): T {
  const { [name]: gone, ...functions } = service.functions;
  if (gone === undefined) return service;
  const roles = new Set(Object.values(functions).map(({ role }) => role));
  const resources = Object.entries(service.resources.Resources).flatMap(
    ([logicalId, resource]): [string, TemplateResource][] => {
      if (logicalId === gone.role && !roles.has(logicalId)) return [];
      const left = withoutMetrics(resource, measured);
      return left === undefined ? [] : [[logicalId, left]];
    },
  );
  return { ...service, functions, resources: { ...service.resources, Resources: Object.fromEntries(resources) } };
}

function withoutMetrics(resource: TemplateResource, measured: Measured): TemplateResource | undefined {
  const { Type, Properties = {} } = resource;
  if (Type === "AWS::CloudWatch::Dashboard") {
    return { ...resource, Properties: { ...Properties, DashboardBody: withoutGraphs(Properties, measured) } };
  }
  if (Type !== "AWS::CloudWatch::Alarm") return resource;
  if (isOf(Properties["Dimensions"], measured)) return undefined;
  const metrics = Properties["Metrics"];
  if (!Array.isArray(metrics)) return resource;
  const left = (metrics as AlarmMetric[]).filter(({ MetricStat }) => !isOf(MetricStat?.Metric.Dimensions, measured));
  if (left.length === metrics.length) return resource;
  // What is left may be an expression over metrics that are gone.
  return left.some(({ MetricStat }) => MetricStat !== undefined)
    ? { ...resource, Properties: { ...Properties, Metrics: left } }
    : undefined;
}

interface AlarmMetric {
  readonly MetricStat?: { readonly Metric: { readonly Dimensions?: unknown } };
}

function isOf(dimensions: unknown, { functionName, service }: Measured): boolean {
  if (!Array.isArray(dimensions)) return false;
  return (dimensions as { Name: unknown; Value: unknown }[]).some(
    ({ Name, Value }) =>
      (Name === "FunctionName" && Value === functionName) || (Name === "service" && Value === service),
  );
}

interface Dashboard {
  readonly widgets: readonly { readonly properties: { readonly metrics?: readonly (readonly unknown[])[] } }[];
}

function withoutGraphs(
  { DashboardBody: body }: Readonly<Record<string, unknown>>,
  { functionName, service }: Measured,
): unknown {
  const { "Fn::Sub": text } = body as { readonly "Fn::Sub": string };
  const { widgets, ...rest } = JSON.parse(text) as Dashboard;
  const left = widgets.flatMap((widget) => {
    const { metrics } = widget.properties;
    if (metrics === undefined) return [widget];
    // A metric is [namespace, name, dimension, value].
    const others = metrics.filter(
      ([, , dimension, value]) =>
        !(dimension === "FunctionName" && value === functionName) && !(dimension === "service" && value === service),
    );
    return others.length === 0 ? [] : [{ ...widget, properties: { ...widget.properties, metrics: others } }];
  });
  return { "Fn::Sub": JSON.stringify({ ...rest, widgets: left }, undefined, 1) };
}
