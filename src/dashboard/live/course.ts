/** What the timeline says about a run so far: phases, leaders, replicas, marks, who intervened, and the log. Pure. */
import type { LiveState, LogEntry, RoleLeader } from "../../api/live.ts";
import { describeEvent } from "../../timeline/describe.ts";
import { LEADING } from "../../timeline/leaders.ts";
import type { EventOf } from "../../timeline/story.ts";
import type { Phase, TimelineEvent } from "../../timeline.ts";

export const LOG_ENTRIES_MAX = 300;
const LEADER_SPANS_MAX = 500;
const MARKS_MAX = 200;
/** The control that marks a moment, and the one that changes the load. */
export const MARK = "mark";
export const CHANGE_LOAD = "change-load";

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export class CourseFold {
  readonly phases: Writable<LiveState["phases"][number]>[] = [];
  readonly marks: LiveState["marks"] = [];
  readonly entries: LogEntry[] = [];
  readonly #leaders = new Map<string, RoleLeader>();
  replicas: LiveState["replicas"] = null;
  lines = 0;
  lastMs = 0;
  manualInterventions = 0;
  loadChanges = 0;
  /** What the load was changed to by hand; null if it never was. */
  loadTarget: number | null = null;
  isClosed = false;
  /** Why the run is stopping; null while it is not. */
  stopping: string | null = null;
  load: EventOf<"load">["edge"] | null = null;
  /** The last thing that the platform was waited for, in words. */
  waitingFor: string | null = null;

  event(event: TimelineEvent): LogEntry {
    this.lines++;
    this.lastMs = Math.max(this.lastMs, event.atMs);
    this.#fold(event);
    const says = event.type === "closed" ? null : saysOf(event);
    const entry = { seq: this.lines, atMs: event.atMs, kind: event.type, says, event: asJson(event) };
    this.entries.push(entry);
    if (this.entries.length > LOG_ENTRIES_MAX) this.entries.shift();
    return entry;
  }

  get phase(): Phase | null {
    const last = this.phases.at(-1);
    return last === undefined || last.toMs !== null ? null : last.phase;
  }

  leaders(): RoleLeader[] {
    return [...this.#leaders.values()].sort((a, b) => (a.role < b.role ? -1 : 1));
  }

  #fold(event: TimelineEvent): void {
    if (event.type === "phase") this.#phase(event);
    else if (event.type === "control") this.#control(event);
    else if (event.type === "role") this.#role(event);
    else if (event.type === "replicas")
      this.replicas = { current: event.current, ready: event.ready, wanted: event.desired, atMs: event.atMs };
    else if (event.type === "load") this.load = event.edge;
    else if (event.type === "closed") this.isClosed = true;
    else if (event.type === "note" && event.source === "health") this.waitingFor = event.says;
    else if (event.type === "note" && event.source === "run") this.stopping ??= event.says; // it ended early
  }

  #phase({ phase, edge, atMs }: EventOf<"phase">): void {
    const open = this.phases.at(-1);
    if (edge === "begin") this.phases.push({ phase, fromMs: atMs, toMs: null });
    else if (open?.phase === phase) open.toMs = atMs;
  }

  #control(event: EventOf<"control">): void {
    const { command, by, atMs, manual } = event;
    if (manual) this.manualInterventions++;
    if (command === "interrupt" || command === "stop") this.stopping = by;
    const detail =
      "detail" in event && typeof event.detail === "object" ? (event.detail as Record<string, unknown>) : {};
    if (command === MARK && this.marks.length < MARKS_MAX)
      this.marks.push({ atMs, says: String(detail["says"] ?? ""), by });
    if (command !== CHANGE_LOAD) return;
    this.loadChanges++;
    this.loadTarget = Number(detail["target"] ?? 0);
  }

  #role({ role, target, is, atMs }: EventOf<"role">): void {
    const known = this.#leaders.get(role);
    const spans = known?.spans ?? [];
    const leads = LEADING.has(is);
    if (!leads && known?.target !== target) return;
    const ended = spans.map((span) => (span.toMs === null ? { ...span, toMs: atMs } : span));
    const begun = leads ? [...ended, { target, fromMs: atMs, toMs: null }] : ended;
    if (leads && known?.target === target) return;
    this.#leaders.set(role, {
      role,
      target: leads ? target : null,
      sinceMs: atMs,
      spans: begun.slice(-LEADER_SPANS_MAX),
    });
  }
}

/** Describes an event; one of a type that this version does not know is shown by its type. */
function saysOf(event: TimelineEvent): string | null {
  const says: string | null | undefined = describeEvent(event);
  return says === undefined ? String((event as { type: unknown }).type) : (says?.trim() ?? null);
}

function asJson(event: TimelineEvent): LogEntry["event"] {
  return event as unknown as LogEntry["event"];
}
