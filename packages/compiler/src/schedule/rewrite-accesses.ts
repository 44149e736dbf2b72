/** Owns: changing which memory items access, and where in it. */

import { type Access, type Item, mapExpression } from "./loop-nest.ts";

export function mapAccesses(item: Item, change: (access: Access) => Access): Item {
  if (item.kind === "loop") return { ...item, body: item.body.map((child) => mapAccesses(child, change)) };
  const value = mapExpression(item.value, (part) => {
    return part.kind === "load" ? { ...part, access: change(part.access) } : part;
  });
  return item.kind === "let" ? { ...item, value } : { ...item, value, target: change(item.target) };
}
