import type { KnownFinding } from "../core/report/known-finding.ts";
import { knownLine } from "../core/report/known-finding.ts";
import type { ResourceType } from "../core/resource.ts";
import type { Manifest } from "./audit-checkpoint.ts";
import { PART_KINDS } from "./audit-names.ts";
import type { PartKind } from "./audit-names.ts";
import type { ShardWork } from "./audit-work.ts";
import { ndjsonPart } from "./ndjson-gzip.ts";
import type { NdjsonPart } from "./ndjson-gzip.ts";

/** A part of repairs is sent as a whole, and sent again as a whole after a crash: so it is a small one. */
const REPAIRS_PER_PART = 1_000;

/** Writes what one type comes to as parts of limited size. */
export interface PartWriter {
  write(kind: PartKind, line: string): Promise<void>;
  writeKnown(finding: KnownFinding): Promise<void>;
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
  const close = async (kind: PartKind): Promise<void> => {
    const part = open.get(kind);
    if (part === undefined) return;
    open.delete(kind);
    const { run, shard } = work.message;
    const name = work.layout.part(kind, run, shard.id, work.nextName());
    await work.objects.put(name, await part.end());
    names[kind].push(name);
  };
  const write = async (kind: PartKind, line: string): Promise<void> => {
    let part = open.get(kind);
    if (part === undefined) {
      part = ndjsonPart();
      open.set(kind, part);
    }
    await part.add(line);
    const most = kind === "repairs" ? REPAIRS_PER_PART : work.sizes.linesPerPart;
    if (part.lines >= most) await close(kind);
  };
  return {
    write,
    writeKnown: (finding) => write("known", knownLine(finding)),
    async end() {
      for (const kind of PART_KINDS) await close(kind);
      const { known, ...others } = names;
      return { ...others, known: Object.fromEntries([...knownTypes, [type, known]]) };
    },
  };
}
