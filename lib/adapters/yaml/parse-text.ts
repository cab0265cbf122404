import { isCollection, isMap, isNode, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import type { ParsedText, ParseText, Place } from '#core/pipelines/index.ts';

const START: Place = { line: 1, column: 1 };

// Aliases that multiply without end, or lead nowhere, show only when they are followed.
const plainValue = (document: ReturnType<typeof parseDocument>): unknown => {
  try {
    return document.toJS();
  } catch (error) {
    return error;
  }
};

/** YAML (and so JSON) with the place of every value. */
export const parseText: ParseText = (text): ParsedText => {
  const lines = new LineCounter();
  // uniqueKeys: a key written twice is nearly always a mistake, and the second would silently win.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const problems = document.errors.map((error) => ({ message: error.message, place: at(error.pos[0]) }));
  const value = problems.length > 0 ? undefined : plainValue(document);
  if (value instanceof Error) problems.push({ message: value.message, place: START });
  const placeOf = (node: Node | undefined): Place => (node?.range ? at(node.range[0]) : START);
  return {
    ...(problems.length === 0 && { value }),
    problems,
    place: (path, key = false) => placeOf(nodeAt(document.contents, path, key)),
  };
};

const pairOf = (node: Node | null, key: PropertyKey): Pair | undefined =>
  isMap(node) ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key)) : undefined;

const childOf = (node: Node, part: PropertyKey): unknown =>
  isCollection(node) ? node.get(isSeq(node) ? Number(part) : part, true) : undefined;

/** The node of a path, or of as much of the path as there is. */
const nodeAt = (root: Node | null, path: readonly PropertyKey[], key: boolean): Node | undefined => {
  const [part, ...rest] = path;
  if (root === null || part === undefined) return root ?? undefined;
  const pairKey = pairOf(root, part)?.key as Node | undefined;
  if (pairKey && key && rest.length === 0) return pairKey;
  const child = childOf(root, part);
  return isNode(child) ? nodeAt(child, rest, key) : (pairKey ?? root);
};
