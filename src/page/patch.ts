/**
 * Makes the document look like an element tree with the fewest changes: text and attributes are set only where they differ, and an
 * element with a key stays the same element when its place changes, so that focus, selection and scroll positions survive.
 */
import type { AttributeValue, ViewElement, ViewNode } from "../view.ts";

const SVG = "http://www.w3.org/2000/svg";
const TREES = new WeakMap<Element, ViewElement>();

/** Makes `parent`'s children those of the tree. Elements that were not made here are replaced. */
export function patch(parent: Element, children: readonly ViewNode[]): void {
  const keyed = keyedChildren(parent);
  let at: ChildNode | null = parent.firstChild;
  for (const child of children) {
    const node =
      typeof child === "string" ? patchText(at, child) : patchElement(parent, candidate(at, child, keyed), child);
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at !== null) {
    const next: ChildNode | null = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** Makes one element look like the tree; its tag must be the same. */
export function patchRoot(element: Element, tree: ViewElement): void {
  setAttributes(element, TREES.get(element)?.attributes ?? {}, tree.attributes);
  TREES.set(element, tree);
  patch(element, tree.children);
}

function keyedChildren(parent: Element): Map<string, Element> {
  const found = new Map<string, Element>();
  for (const child of parent.children) {
    const key = TREES.get(child)?.key;
    if (key !== undefined) found.set(key, child);
  }
  return found;
}

function candidate(at: ChildNode | null, tree: ViewElement, keyed: Map<string, Element>): ChildNode | null {
  if (tree.key !== undefined) return keyed.get(tree.key) ?? null;
  return at instanceof Element && TREES.get(at)?.key === undefined ? at : null;
}

function patchText(at: ChildNode | null, text: string): ChildNode {
  if (!(at instanceof Text)) return document.createTextNode(text);
  if (at.data !== text) at.data = text;
  return at;
}

function patchElement(parent: Element, at: ChildNode | null, tree: ViewElement): ChildNode {
  const before = at instanceof Element ? TREES.get(at) : undefined;
  // The same tree object means that nothing changed: whoever renders may keep what is expensive to make.
  if (at !== null && before === tree) return at;
  const element = at instanceof Element && before?.tag === tree.tag ? at : createElement(parent, tree.tag);
  patchRoot(element, tree);
  return element;
}

function createElement(parent: Element, tag: string): Element {
  const inSvg = tag === "svg" || (parent.namespaceURI === SVG && parent.tagName !== "foreignObject");
  return inSvg ? document.createElementNS(SVG, tag) : document.createElement(tag);
}

type Attributes = Readonly<Record<string, AttributeValue>>;

function setAttributes(element: Element, before: Attributes, after: Attributes): void {
  for (const name of Object.keys(before)) if (!(name in after)) setAttribute(element, name, undefined);
  for (const [name, value] of Object.entries(after)) if (before[name] !== value) setAttribute(element, name, value);
}

function setAttribute(element: Element, name: string, value: AttributeValue): void {
  // A style attribute is forbidden by the content security policy, while single properties may be set by script.
  if (name === "style") setStyle(element, value);
  else if (value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
  // What a person typed or chose is only replaced when the tree itself says something new.
  if (name === "value" && (element instanceof HTMLInputElement || element instanceof HTMLSelectElement))
    element.value = value === undefined || value === false ? "" : String(value);
}

/** Sets properties from "left: 3%; width: 5%", and removes those that are no longer listed. */
function setStyle(element: Element, value: AttributeValue): void {
  if (!(element instanceof HTMLElement || element instanceof SVGElement)) return;
  const wanted = new Map<string, string>();
  for (const part of String(value === undefined || value === false ? "" : value).split(";")) {
    const [name = "", ...rest] = part.split(":");
    if (rest.length > 0) wanted.set(name.trim(), rest.join(":").trim());
  }
  for (const name of [...element.style]) if (!wanted.has(name)) element.style.removeProperty(name);
  for (const [name, text] of wanted) element.style.setProperty(name, text);
}
