/**
 * A view is what people see of a run, as plain data: element trees for cards and tables, and numbers for charts. The functions in
 * view/ are pure, so that the page and the reports can draw the same thing: the page patches its document with an element tree, and
 * a report writes it as HTML. Text is always text; a tree cannot hold markup.
 */

/** The value of an attribute; false and undefined leave the attribute out, and true writes it without a value. */
export type AttributeValue = string | number | boolean | undefined;

export interface ViewElement {
  readonly tag: string;
  /** Identifies an element among its siblings, so that it stays the same element when their order changes. */
  readonly key?: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly children: readonly ViewNode[];
}

export type ViewNode = ViewElement | string;

/** What may be given as a child: null, false and undefined are left out, and lists are flattened. */
export type ViewChild = ViewNode | number | null | undefined | false | readonly ViewChild[];

/**
 * Returns an element. The attribute `key` is not written but identifies the element. What a click or a change does is named by the
 * attribute `data-do`, so that a tree stays plain data.
 */
export function el(
  tag: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  ...children: readonly ViewChild[]
): ViewElement {
  const { key, ...rest } = attributes;
  return { tag, ...(key !== undefined && { key: String(key) }), attributes: rest, children: flatten(children) };
}

/** Returns the text of a tree without its elements, as a person would read it aloud. */
export function textOf(node: ViewNode): string {
  return typeof node === "string" ? node : node.children.map(textOf).join("");
}

/** Returns all elements of a tree that the test accepts, in the order of the document. */
export function findAll(node: ViewNode, accept: (element: ViewElement) => boolean): ViewElement[] {
  if (typeof node === "string") return [];
  return [...(accept(node) ? [node] : []), ...node.children.flatMap((child) => findAll(child, accept))];
}

function flatten(children: readonly ViewChild[]): ViewNode[] {
  return children.flatMap((child): ViewNode[] => {
    if (child === null || child === undefined || child === false || child === "") return [];
    if (typeof child === "number") return [String(child)];
    if (typeof child === "string") return [child];
    return isList(child) ? flatten(child) : [child];
  });
}

function isList(child: ViewElement | readonly ViewChild[]): child is readonly ViewChild[] {
  return Array.isArray(child);
}
