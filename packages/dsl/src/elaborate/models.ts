/** Owns: a model: its ports, statements, results and training, from the syntax tree to the contract with the compiler. */

import {
  argumentsOf,
  type Binding,
  Builder,
  type Element,
  type InputNode,
  type Model,
  type Node,
  nodesOf,
  type Parameter,
  type Port,
  reachable,
  type Setting,
  type Span,
  sameShape,
} from "@adjoint/ir";
import type { PortStatement, Statement, TrainStatement } from "../syntax-tree.ts";
import { alongBatch } from "./batches.ts";
import {
  bindStatement,
  declareNoise,
  declareParameter,
  declareState,
  define,
  isMet,
  repeatStatements,
  reportMisplaced,
  scanStatements,
} from "./bodies.ts";
import { callDefinition } from "./calls.ts";
import { DataStatistics } from "./data-statistics.ts";
import { evaluate } from "./expressions.ts";
import { addLossTerm, namedLosses, totalLoss } from "./losses.ts";
import { addBinding, type Draft, reportSecond } from "./model-draft.ts";
import { elaborateResult } from "./model-results.ts";
import {
  type Findings,
  type LossTerm,
  type Mode,
  newFrame,
  newScope,
  originOf,
  report,
  type Scope,
  Session,
} from "./session.ts";
import { evaluateNumber, evaluateShape, evaluateSize } from "./sizes.ts";
import { updateState, withUpdates } from "./states.ts";
import { checkElements } from "./tensors.ts";
import { elaborateTraining, trainingDefaults } from "./training.ts";
import { type DefinitionValue, listed, numberValue, poison, shapeText, wholeTensor } from "./values.ts";

/**
 * Elaborates a model as it is trained and, where that differs, once more as it predicts, and each with a batch axis where its
 * formulas speak of the batch; what is wrong goes to `findings`, and the result is meaningless if an error did.
 */
export function elaborateModel(
  entity: DefinitionValue,
  findings: Findings,
  overrides: Readonly<Record<string, number>>,
): Model {
  const { definition } = entity;
  const elaborate = (mode: Mode, batch: number | null): Elaborated =>
    elaborateMode(mode, entity, findings, overrides, batch);
  const alone = elaborate("training", null);
  const size = alone.session.readsBatch && !findings.failed ? batchSize(alone.draft.train, alone.scope) : null;
  const trained = size === null ? alone : elaborate("training", size);
  const differs = trained.session.readsMode || size !== null;
  const predicting = differs && !findings.failed ? elaborate("prediction", null) : trained;
  const measuredInBatches = size !== null && !findings.failed && !sees(predicting, trained);
  const measuring = measuredInBatches ? elaborate("prediction", size) : predicting;
  if (measuring !== trained) compareModes(trained, measuring);
  const { scope, draft } = trained;
  // Parameters to choose from may be made below `train`.
  const elaborated = draft.train === null ? null : elaborateTraining(draft.train, trained.parameters, scope);
  const parameters = elaborated?.parameters ?? trained.parameters;
  if (draft.train !== null && trained.losses.length === 0) {
    report(
      scope,
      "missing-loss",
      `\`${definition.name.text}\` is trained without a loss`,
      [{ span: draft.train.span, text: "what shall become smaller?" }],
      "state it before `train`: loss mse(o, y)",
    );
  }
  const { bindings, loss } = draft;
  const { inputs, targets } = predicting.draft;
  if (loss !== null && !findings.failed) warnOfUnusedParameters(scope, parameters, loss.node);
  // An output that sees no batch is predicted for one example at a time, whatever the loss sees.
  const [single, batched] = [outputsOf(predicting), outputsOf(measuring)];
  const predictsInBatches = measuredInBatches && namesOf(single) !== namesOf(batched);
  const { batch } = trained.session;
  return {
    name: definition.name.text,
    doc: definition.doc,
    span: definition.span,
    hyperparameters: trained.hyperparameters,
    inputs,
    targets,
    parameters,
    noise: drawsOf([trained, predicting, measuring]),
    bindings,
    outputs: predictsInBatches ? batched : single,
    loss,
    validation: measuring.draft.loss,
    metrics: measuring.draft.metrics,
    statistics: measuring.draft.statistics.all,
    coupling:
      batch === null || size === null
        ? null
        : { size, examples: batch.examples, measuring: measuredInBatches, predicting: predictsInBatches },
    training: elaborated?.training ?? null,
  };
}

/** Whether all results of a model that is elaborated for one example are there: what needs the batch is not. */
function sees({ draft, scope }: Elaborated, inBatches: Elaborated): boolean {
  const { loss, metrics, outputs } = inBatches.draft;
  if (loss !== null && draft.loss === null) return false;
  if (namesOf(draft.metrics) !== namesOf(metrics) || namesOf(draft.outputs) !== namesOf(outputs)) return false;
  return outputsOf(inBatches).every(({ name }) => scope.frame.values.get(name)?.kind !== "poison");
}

function namesOf(some: readonly Binding[]): string {
  return some.map(({ name }) => name).join(" ");
}

function drawsOf(all: readonly Elaborated[]): readonly InputNode[] {
  return [...new Map(all.flatMap(({ session }) => session.draws.map((draw) => [draw.name, draw]))).values()];
}

/** The `batch` of `train`, which is 1 where the page says nothing. */
function batchSize(train: TrainStatement | null, scope: Scope): number {
  const setting = train?.settings.find(({ name }) => name.text === "batch");
  const [value] = setting?.values ?? [];
  return value === undefined ? trainingDefaults.batch : (evaluateSize(scope, value, "a batch") ?? 1);
}

/** A model elaborated in one mode. */
interface Elaborated {
  readonly session: Session;
  readonly scope: Scope;
  readonly hyperparameters: readonly Setting[];
  readonly parameters: readonly Parameter[];
  readonly losses: readonly LossTerm[];
  readonly draft: Draft;
}

function elaborateMode(
  mode: Mode,
  entity: DefinitionValue,
  findings: Findings,
  overrides: Readonly<Record<string, number>>,
  batch: number | null,
): Elaborated {
  const { definition, page } = entity;
  const parameters: Parameter[] = [];
  const losses: LossTerm[] = [];
  const statistics = new DataStatistics();
  const session = new Session({
    builder: new Builder(),
    findings,
    evaluate,
    call: callDefinition,
    parameters,
    losses,
    noise: null,
    mode,
    collectives: statistics,
    batch,
  });
  const mapped = session.batch === null ? [] : [session.batch.variable];
  const scope = newScope(session, { ...newFrame(page), mapped }, definition.span);
  const hyperparameters = bindHyperparameters(entity, scope, overrides);
  const draft: Draft = {
    inputs: [],
    targets: [],
    bindings: [],
    outputs: [],
    metrics: [],
    statistics,
    loss: null,
    train: null,
  };
  for (const statement of definition.body.kind === "block" ? definition.body.statements : []) {
    elaborateStatement(statement, { ...scope, statement: statement.span }, draft, entity);
  }
  draft.loss = totalLoss(losses, scope);
  draft.metrics.unshift(...namedLosses(losses));
  for (const [k, metric] of draft.metrics.entries()) {
    const earlier = draft.metrics.slice(0, k).find(({ name }) => name === metric.name);
    if (earlier === undefined) continue;
    reportSecond(scope, `the metric \`${metric.name}\``, metric.span, earlier.span, "give the second another name");
  }
  const stored = mode === "training" ? withUpdates(parameters, scope) : parameters;
  return { session, scope, hyperparameters, parameters: stored, losses, draft };
}

/** What is stored or supplied is the same in both modes; one report for each statement that made what is not. */
function compareModes(trained: Elaborated, predicting: Elaborated): void {
  const [inTraining, inPrediction] = [byName(trained), byName(predicting)];
  const told = new Set<Span>();
  const differs = (made: Parameter | Port, found: string, help: string): void => {
    const place = made.node.origin?.statement ?? made.span;
    if (told.has(place)) return;
    told.add(place);
    const message = `\`${made.name}\` is not the same in training and in prediction`;
    report(trained.scope, "mode-mismatch", message, [{ span: place, text: found }], help);
  };
  const always = "make it whatever the mode, and choose between the results: if training then a else b";
  for (const made of inTraining.values()) {
    const other = inPrediction.get(made.name);
    if (other === undefined) differs(made, "made in training only", always);
    else if (!sameShape(made.shape, other.shape)) {
      const found = `of shape ${shapeText(made.shape)} in training, ${shapeText(other.shape)} in prediction`;
      differs(made, found, "its shape must not depend on `training`");
    }
  }
  for (const made of inPrediction.values()) {
    if (!inTraining.has(made.name)) differs(made, "made in prediction only, so never trained", always);
  }
}

function byName({ draft, parameters }: Elaborated): ReadonlyMap<string, Parameter | Port> {
  return new Map([...draft.inputs, ...draft.targets, ...parameters].map((each) => [each.name, each]));
}

function elaborateStatement(statement: Statement, scope: Scope, draft: Draft, entity: DefinitionValue): void {
  switch (statement.kind) {
    case "port":
      declarePort(statement, scope, draft);
      return;
    case "parameter":
      declareParameter(statement, scope);
      return;
    case "noise":
      declareNoise(statement, scope);
      return;
    case "state":
      declareState(statement, scope);
      return;
    case "update":
      updateState(statement, scope);
      return;
    case "binding": {
      const value = bindStatement(statement, scope);
      if (value.kind !== "tensor") return;
      addBinding(draft, { name: statement.name.text, node: value.node, span: statement.span, doc: statement.doc });
      return;
    }
    case "scan":
      for (const { name, value } of scanStatements(statement, scope, entity.definition)) {
        if (value.kind !== "tensor") continue;
        addBinding(draft, { name: name.text, node: value.node, span: statement.span, doc: statement.doc });
      }
      return;
    case "loss-statement":
      addLossTerm(statement, scope);
      return;
    case "result":
      elaborateResult(statement, scope, draft);
      return;
    case "require":
      isMet(statement, scope);
      return;
    case "repeat":
      repeatStatements(statement, scope, (inner, inside) => elaborateStatement(inner, inside, draft, entity));
      return;
    case "train":
      if (draft.train === null) draft.train = statement;
      else reportSecond(scope, "`train`", statement.span, draft.train.span, "put all settings into one");
      return;
    case "carry":
    case "return":
      reportMisplaced(statement, entity.definition, scope);
      return;
  }
}

/** Defaults, or what the caller sets instead; either are numbers, known to all that follows. */
function bindHyperparameters(
  entity: DefinitionValue,
  scope: Scope,
  overrides: Readonly<Record<string, number>>,
): readonly Setting[] {
  const settings: Setting[] = [];
  for (const formal of entity.definition.formals ?? []) {
    const name = formal.name.text;
    const override = Object.hasOwn(overrides, name) ? overrides[name] : undefined;
    if (override === undefined && formal.default === null) {
      report(
        scope,
        "missing-argument",
        `the hyperparameter \`${name}\` has no value`,
        [{ span: formal.span, text: "without a default" }],
        `give it one here, ${name} = 1, or where the model is compiled`,
      );
    }
    const value =
      override ?? (formal.default === null ? null : evaluateNumber(scope, formal.default, "a hyperparameter"));
    define(scope, formal.name, value === null ? poison : numberValue(value));
    if (value !== null) settings.push({ name, value });
  }
  return settings;
}

function declarePort(statement: PortStatement, scope: Scope, draft: Draft): void {
  const { name, span, doc, role } = statement;
  const shape = evaluateShape(scope, statement.extents);
  const classes = statement.type === null ? null : evaluateSize(scope, statement.type.count, "a number of classes");
  const known = scope.frame.values.has(name.text);
  const failed = shape === null || (statement.type !== null && classes === null);
  if (failed || known || !checkElements(scope, name.text, shape, span)) {
    define(scope, name, poison);
    return;
  }
  const element: Element = classes === null ? { kind: "real" } : { kind: "class", count: classes };
  const indices = scope.session.batch === null ? [] : [scope.session.batch.variable];
  const space = [...indices.map(({ extent }) => extent), ...shape];
  const node = scope.session.builder.input(name.text, role, space, element, originOf(scope, span, name.text));
  define(scope, name, { ...wholeTensor(node, span, classes), indices, shape });
  (role === "input" ? draft.inputs : draft.targets).push({ name: name.text, node, shape, element, span, doc });
}

/** A parameter that the loss does not see is most likely a slip; one report for each statement that made such. */
function warnOfUnusedParameters(scope: Scope, parameters: readonly Parameter[], loss: Node): void {
  const seen = new Set(reachable([loss]));
  const unused = new Map<Span, string[]>();
  for (const { name, node, frozen, span } of parameters) {
    if (frozen || seen.has(node)) continue;
    const place = node.origin?.statement ?? span;
    unused.set(place, [...(unused.get(place) ?? []), `\`${name}\``]);
  }
  for (const [span, names] of unused) {
    report(
      scope,
      "unused-parameter",
      `the loss does not depend on ${listed(names)}`,
      [{ span, text: "training has nothing to tell what is made here" }],
      "compute the loss from it, or delete it",
      "warning",
    );
  }
}

/** The declared outputs or, without one, the last binding that depends on no target. */
function outputsOf({ draft, scope }: Elaborated): readonly Binding[] {
  if (draft.outputs.length > 0) return draft.outputs;
  const tainted = new Set<Node>(draft.targets.map((target) => target.node));
  const outputs = draft.bindings.map(({ name, node }) => ({ name, node }));
  for (const node of nodesOf({ name: "", outputs })) {
    if (argumentsOf(node).some((argument) => tainted.has(argument))) tainted.add(node);
  }
  const last = draft.bindings.findLast(({ node }) => !tainted.has(node));
  if (last === undefined) return [];
  const value = scope.frame.values.get(last.name);
  if (value?.kind !== "tensor" || scope.session.batch === null) return [last];
  return [{ ...last, node: alongBatch(scope, value, last.span, last.name) }];
}
