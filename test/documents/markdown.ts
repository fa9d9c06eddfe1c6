/** Reads the parts of a Markdown page that a machine can check: links, anchors, and blocks of code. */

export interface Block {
  /** "yaml", "ts" ...; "" for an indented block or a fence without a language. */
  readonly language: string;
  readonly text: string;
  /** The line of its first line, from 1. */
  readonly line: number;
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

/** Returns the fenced and the indented blocks of a page. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let open: { language: string; line: number; lines: string[]; fenced: boolean } | undefined;
  const close = () => {
    if (open !== undefined) blocks.push({ language: open.language, text: open.lines.join("\n"), line: open.line });
    open = undefined;
  };
  let blank = true;
  for (const [index, line] of page.split("\n").entries()) {
    const fence = /^```(\w*)\s*$/.exec(line);
    if (open?.fenced === true) {
      if (fence !== null) close();
      else open.lines.push(line);
    } else if (fence !== null) {
      close();
      open = { language: fence[1] ?? "", line: index + 2, lines: [], fenced: true };
    } else if (/^ {4}\s*\S/.test(line) && (blank || open !== undefined)) {
      open ??= { language: "", line: index + 1, lines: [], fenced: false };
      open.lines.push(line.slice(4));
    } else if (open !== undefined && line.trim() !== "") close();
    blank = line.trim() === "";
  }
  close();
  return blocks;
}

/** Returns the links of a page outside its blocks of code. */
export function linksOf(page: string): Link[] {
  return prose(page).flatMap(({ text, line }) =>
    [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => ({ target, line })),
  );
}

/** Returns the code within sentences. */
export function spansOf(page: string): Block[] {
  return prose(page).flatMap(({ text, line }) =>
    [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => ({ language: "", text: code, line })),
  );
}

/** Returns the anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const { text } of prose(page)) {
    const title = /^#{1,6}\s+(.*)$/.exec(text)?.[1];
    if (title === undefined) continue;
    const anchor = title
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-");
    anchors.add(anchor);
  }
  return anchors;
}

/** Returns the lines outside fences. */
function prose(page: string): { readonly text: string; readonly line: number }[] {
  let fenced = false;
  return page.split("\n").flatMap((text, index) => {
    if (/^```/.test(text)) {
      fenced = !fenced;
      return [];
    }
    return fenced ? [] : [{ text, line: index + 1 }];
  });
}
