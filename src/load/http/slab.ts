/**
 * Memory for the bytes of replies. Small replies share slabs, so that a reply needs no buffer object of its own, which would
 * cost more than the copy of its bytes. A reply that a script keeps holds its whole slab, as a small Buffer of Node's pool does.
 */
const SLAB_BYTES = 8_192;
/** Larger replies have a buffer of their own. */
const SHARED_MAX = SLAB_BYTES / 2;

let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let used = 0;

/** The buffer in which the last call of `reserve` found room. */
export let place = slab;

/** Reserves bytes in `place`, which is set by the call. Returns the index of the first one. */
export function reserve(size: number): number {
  if (size > SHARED_MAX) {
    place = Buffer.allocUnsafeSlow(size);
    return 0;
  }
  if (used + size > SLAB_BYTES) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  place = slab;
  used += size;
  return used - size;
}
