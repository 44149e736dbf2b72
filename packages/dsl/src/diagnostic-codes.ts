/**
 * Owns: every diagnostic code and its meaning, in one line. A code is a stable name: tools match on it, documentation
 * lists it, so it is never renamed and never reused for something else. A code that is not here does not compile.
 */

export const diagnosticCodes = {
  // ── text and syntax ────────────────────────────────────────────────────────────────────────────────────────────────
  "source-too-large": "The file is longer than a page of the language may be.",
  "token-too-long": "A name, a number or a file name is longer than the limit.",
  "nesting-too-deep": "Parentheses, brackets, operators or conditions are nested deeper than the limit.",
  "foreign-character": "A character that the language does not use, though another language or typesetting does.",
  "foreign-operator": "An operator of another language: `**`, `&&`, `->` and the like.",
  "invisible-character": "A control, bidirectional or line-separating character that a reader cannot see.",
  "unterminated-string": "A string is not closed on the line on which it opens.",
  "malformed-number": "A number is written in a form that the language does not have.",
  "number-overflow": "A number is too large or too small for a 64-bit float.",
  "unexpected-token": "Something else is expected here.",
  "unclosed-bracket": "A bracket is opened and never closed.",
  "unmatched-bracket": "A closing bracket has no opening one, or another kind of bracket is open.",
  "reserved-word": "A word of the language stands where a name is expected.",
  "comparison-chain": "Comparisons do not chain: `a < b < c`.",
  "assignment-in-expression": "A single `=` stands where a comparison, `==`, is meant.",
  "argument-equals": "An argument is named with `=` where `:` is meant: `units: 2`.",
  "needs-parentheses": "`if` or `not` stands inside an operation that binds tighter.",
  "missing-operator": "Two values follow each other on a line without an operator between them.",
  "missing-else": "An `if` in an expression needs its `else`.",
  "not-callable": "The result of a call or a read is followed by `(`; only names can be called.",
  "index-not-a-name":
    "The left side of an element definition, or a reduction, indexes with something other than a name.",
  "missing-loss-form": "A loss or metric is written like a binding.",
  "misplaced-import": "Imports stand before the first definition.",
  "not-a-definition": "The top level of a page holds imports and definitions only.",
  "too-many-errors": "The rest of the file's errors are not shown.",

  // ── files and names ────────────────────────────────────────────────────────────────────────────────────────────────
  "file-not-found": "A page, or a page that it imports, cannot be read.",
  "import-cycle": "Pages import each other.",
  "unknown-import": "The imported page does not define that name.",
  "unknown-name": "Nothing in scope has that name.",
  "duplicate-name": "A name is given twice in one scope.",
  "unknown-argument": "The callee has no formal of that name.",
  "missing-argument": "An argument without a default is not given.",
  "too-many-arguments": "More arguments are given than the callee takes.",
  "unknown-hyperparameter": "The model has no hyperparameter of that name.",
  "reserved-name": "A name whose meaning is fixed is given another.",
  "shadowed-index": "An index has the name of one that is in scope already.",
  "unused-name": "Warning: a name is defined or imported and never used.",
  "missing-name": "An output or metric is neither named nor the call of something with a name.",

  // ── shapes, sizes and indices ──────────────────────────────────────────────────────────────────────────────────────
  "shape-mismatch": "Two extents that must be equal are not.",
  "rank-mismatch": "A tensor is read with too few or too many indices.",
  "invalid-size": "A size is not a positive whole number, or is too large.",
  "tensor-too-large": "A tensor has more elements than the limit.",
  "not-finite": "Arithmetic on numbers known at compile time ends in an infinity or in no number.",
  "unknown-range": "No read fixes the range of an index.",
  "empty-range": "Reads leave an index nothing to run over.",
  "scan-initial-value": "What a scan carries begins as something that varies with the scan's own index.",
  "out-of-bounds": "A read falls outside its tensor and has no `else`.",
  "not-affine": "An index is neither affine in the indices in scope nor of a class type.",
  "class-mismatch": "A class is read where another number of classes is expected.",

  // ── meaning ────────────────────────────────────────────────────────────────────────────────────────────────────────
  "wrong-kind":
    "A number, a tensor, a function, an initializer or an optimizer stands where another of these is needed.",
  "misplaced-statement": "A statement of a kind that this definition may not contain.",
  "duplicate-statement": "A model states something twice that it may state once.",
  "unreachable-statement": "A statement follows the `return`.",
  "misplaced-shape": "A definition of numbers declares a parameter to be a tensor.",
  "missing-return": "A layer or function returns nothing.",
  "missing-update":
    "An optimizer never updates the parameter, or a scan what it carries, or it carries nothing; as a warning, a state is never updated.",
  "not-a-state": "What is updated with `<-` is no state of the same body.",
  "no-batch": "A formula that belongs to no example speaks of a batch.",
  "state-varies": "A state is given a value that varies with the example, or with an index.",
  "missing-optimizer": "`train` names no optimizer.",
  "invalid-setting": "A setting of `train` has a value that it cannot have.",
  "missing-loss": "A model that is trained has no loss.",
  "mode-mismatch": "A parameter exists in training only or in prediction only, or has another shape there.",
  "constant-loss": "A loss depends on nothing: it is one number, whatever the parameters and the data.",
  "target-in-output": "What prediction returns depends on what only training and evaluation are given.",
  "requirement-not-met": "A condition does not hold that a definition states with `require`.",
  "unused-parameter": "Warning: the loss does not depend on a parameter, so training has nothing to tell it.",
  "misplaced-reduction":
    "A reduction over the data stands outside a metric, or mixed with one example's values; or one over parameters outside an optimizer.",
  "not-a-scalar": "A single number is needed, and a tensor stands here.",
  "unknown-reduction": "Only sum, mean, prod, max and min reduce.",
  "reduction-without-index": "A reduction does not say over which index.",
  "invalid-gradient": "A gradient is taken with respect to something that has none.",
  "zero-gradient": "Warning: a gradient is taken with respect to something that the value does not depend on.",
  "unmatched-pattern": "A pattern in `train` leaves nothing to be trained or frozen by it.",
  "unknown-setting": "`train` has no setting of that name.",
  "recursive-definition": "A definition uses itself without end.",
  "page-too-large": "A page expands to more than the limit.",
} as const satisfies Readonly<Record<string, string>>;

export type DiagnosticCode = keyof typeof diagnosticCodes;
