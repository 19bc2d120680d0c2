import type { KnownFinding } from "../../core/report/known-finding.ts";
import { knownLine } from "../../core/report/known-finding.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { Manifest } from "./checkpoint.ts";
import { PART_KINDS } from "./layout.ts";
import type { PartKind } from "./layout.ts";
import { ndjsonPart } from "./ndjson.ts";
import type { NdjsonPart } from "./ndjson.ts";
import type { ShardWork } from "./work.ts";

/** A part of repairs is sent as a whole, and sent again as a whole after a crash: so it is a small one. */
const REPAIRS_PER_PART = 1_000;

/** Writes what one type comes to as parts of limited size. */
export interface PartWriter {
  write(kind: PartKind, line: string): void;
  writeKnown(finding: KnownFinding): void;
  /** Stores the parts that are full. To be called every so often: until then they are held. */
  storeFull(): Promise<void>;
  /** What counts: the names of all parts, those of the start among them. */
  end(): Promise<Manifest>;
}

/** Names count only once they are in the manifest. */
export function partWriter(start: Manifest, type: ResourceType, work: ShardWork): PartWriter {
  const knownTypes = new Map(Object.entries(start.known));
  const names: Record<PartKind, string[]> = {
    evaluations: [...start.evaluations],
    findings: [...start.findings],
    known: [...(knownTypes.get(type) ?? [])],
    repairs: [...start.repairs],
  };
  const open = new Map<PartKind, NdjsonPart>();
  const full: { readonly kind: PartKind; readonly part: NdjsonPart }[] = [];
  const close = (kind: PartKind): void => {
    const part = open.get(kind);
    if (part === undefined) return;
    open.delete(kind);
    full.push({ kind, part });
  };
  const storeFull = async (): Promise<void> => {
    const { run, shard } = work.message;
    for (const { kind, part } of full.splice(0)) {
      const name = work.layout.part(kind, run, shard.id, work.nextName());
      await work.objects.put(name, part.end());
      names[kind].push(name);
    }
  };
  const write = (kind: PartKind, line: string): void => {
    let part = open.get(kind);
    if (part === undefined) {
      part = ndjsonPart();
      open.set(kind, part);
    }
    part.add(line);
    const most = kind === "repairs" ? REPAIRS_PER_PART : work.sizes.linesPerPart;
    if (part.lines >= most) close(kind);
  };
  return {
    write,
    writeKnown: (finding) => write("known", knownLine(finding)),
    storeFull,
    async end() {
      for (const kind of PART_KINDS) close(kind);
      await storeFull();
      const { known, ...others } = names;
      return { ...others, known: Object.fromEntries([...knownTypes, [type, known]]) };
    },
  };
}
