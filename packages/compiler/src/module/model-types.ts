/** Owns: the interfaces that say what a model takes and gives, with its names, shapes and classes in the types. */

import type { Element, Model, Port, Shape } from "@adjoint/ir";
import { outputLayout, parameterLayout, type Slot } from "../derive/layout.ts";
import type { ModelLevel } from "./model-class.ts";
import { type ModelNames, propertyName } from "./module-names.ts";
import type { RuntimeNames } from "./runtime-names.ts";
import { examplesType, extents, type FloatArray, inputType, outputType, viewType } from "./shapes.ts";
import type { InterfaceItem } from "./structures.ts";

/** The interfaces of a model, in the order in which they stand in the module. */
export function modelTypes(
  model: Model,
  level: ModelLevel,
  floats: FloatArray,
  own: ModelNames,
  names: RuntimeNames,
): readonly InterfaceItem[] {
  const { slots } = parameterLayout(model);
  const trained = slots.filter((slot) => !slot.frozen);
  const frozen = slots.length > trained.length;
  const loss = level !== "predictor";
  const ofData = model.statistics.length > 0;
  const measured = loss && model.metrics.length > 0;
  const view = (array: string) => (slot: Slot) => ({
    name: propertyName(slot.name),
    type: viewType(slot.shape, floats, names),
    docs:
      slot.size === 1
        ? `${array}[${slot.offset}]`
        : `${array}[${slot.offset}] … ${array}[${slot.offset + slot.size - 1}]`,
  });
  const member = (name: string, type: string) => ({ name, type, docs: "" });
  const items: InterfaceItem[] = [
    exported(own.inputs, "What one example supplies to a prediction.", null, [
      ...model.inputs.map((port) => portProperty(port, inputType(port.shape, port.element, names))),
    ]),
    exported(own.examples, "The inputs of any number of examples.", null, [
      ...model.inputs.map((port) => portProperty(port, examplesType(port.shape, names))),
    ]),
  ];
  if (loss) {
    items.push(
      exported(own.data, "The inputs and targets of any number of examples.", own.examples, [
        ...model.targets.map((port) => portProperty(port, examplesType(port.shape, names))),
      ]),
    );
  }
  items.push(
    exported(own.outputs, "What a prediction gives.", null, [
      ...outputLayout(model).slots.map((slot, k) => ({
        name: propertyName(slot.name),
        type: outputType(slot.shape, floats, names),
        docs: model.outputs[k]?.doc ?? "",
      })),
    ]),
    exported(own.parameters, "The parameters, as views of the flat array `p`.", null, slots.map(view("p"))),
  );
  if (loss) {
    if (frozen) {
      const docs = "∂loss/∂parameter for every parameter that is trained.";
      items.push(exported(own.gradients, docs, null, trained.map(view("grad"))));
    }
  }
  if (measured) {
    items.push(
      exported(own.metrics, ofData ? "Metrics of a data set." : "Means over the examples of a data set.", null, [
        ...model.metrics.map(({ name, doc }) => ({ name: propertyName(name), type: "number", docs: doc })),
      ]),
    );
  }
  const types = [
    member("floats", floats),
    member("inputs", own.inputs),
    member("examples", own.examples),
    member("data", loss ? own.data : own.examples),
    member("outputs", own.outputs),
    member("parameters", own.parameters),
    member("gradients", frozen && loss ? own.gradients : own.parameters),
    member("metrics", measured ? own.metrics : "object"),
  ];
  items.push({
    kind: "interface",
    name: own.types,
    docs: `The types that {@link ${own.className}} is made of.`,
    extends: null,
    properties: types,
  });
  return items;
}

function exported(
  name: string,
  docs: string,
  heritage: string | null,
  properties: InterfaceItem["properties"],
): InterfaceItem {
  return { kind: "interface", name, docs, extends: heritage, isExported: true, properties };
}

function portProperty(port: Port, type: string) {
  const description = describe(port.shape, port.element);
  const docs = port.doc === "" ? description : `${port.doc}\n${description}`;
  return { name: propertyName(port.name), type, docs };
}

function describe(shape: Shape, element: Element): string {
  const numbers = element.kind === "real" ? "Real numbers" : `Classes 0 … ${element.count - 1}`;
  const number = element.kind === "real" ? "A real number" : `A class, 0 … ${element.count - 1}`;
  return shape.length === 0 ? `${number}.` : `${numbers}, ${extents(shape)}.`;
}
