/** What a person chose on the page of a run. It is kept in the tab, so that a reload shows the same picture. */
import type { CourseChoice } from "../view/course-section.ts";
import type { LogChoice } from "../view/log.ts";
import type { TableChoice } from "../view/requests.ts";
import { FIRST_CHOICE, type RunChoice } from "../view/run-page.ts";

const KEY = "gameday.choice";

export class Choices {
  readonly #changed: () => void;
  #value: RunChoice;

  constructor(changed: () => void) {
    this.#changed = changed;
    this.#value = read();
  }

  get value(): RunChoice {
    return this.#value;
  }

  course(course: Partial<CourseChoice>): void {
    this.#set({ ...this.#value, course: { ...this.#value.course, ...course } });
  }

  toggleTable(): void {
    this.course({ showsTable: !this.#value.course.showsTable });
  }

  requests(requests: TableChoice): void {
    this.#set({ ...this.#value, requests });
  }

  log(log: LogChoice): void {
    this.#set({ ...this.#value, log });
  }

  #set(value: RunChoice): void {
    this.#value = value;
    const course = { ...value.course, cursorS: null, zoom: null };
    sessionStorage.setItem(KEY, JSON.stringify({ ...value, course }));
    this.#changed();
  }
}

function read(): RunChoice {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<RunChoice>;
    return {
      course: { ...FIRST_CHOICE.course, ...stored.course },
      requests: { ...FIRST_CHOICE.requests, ...stored.requests },
      log: { ...FIRST_CHOICE.log, ...stored.log },
    };
  } catch {
    return FIRST_CHOICE;
  }
}
