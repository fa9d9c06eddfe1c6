/** Returns the 32-bit FNV-1a hash of a text's UTF-16 units. */
export function hashOf(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}

/**
 * A sum of hashes that does not depend on the order of what is added: two sums that are alike are sums of the same texts. It
 * has 64 bits and does not protect against forgery.
 */
export class HashSum {
  #low = 0;
  #high = 0;

  add(text: string): void {
    const hash = hashOf(text);
    this.#low = (this.#low + Math.imul(hash ^ (hash >>> 13), 0x9e3779b1)) >>> 0;
    this.#high = (this.#high + Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)) >>> 0;
  }

  isLike(other: HashSum): boolean {
    return this.#low === other.#low && this.#high === other.#high;
  }
}
