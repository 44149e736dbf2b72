/** Owns: J(x) = cos(sin(x²) + 3x²) and dJ/dx, at points that follow one another, by everyone who has derivatives. */

import { defaultDevice, init, jit, numpy as np, valueAndGrad } from "@jax-js/jax";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { compileText, importText, programOfText } from "../../load-page.ts";
import type { Runner } from "../work.ts";
import { startTorch, type Torch } from "./torch.ts";

export const derivativeName = "J(x) = cos(sin(x²) + 3x²) and dJ/dx";

/** x = first + apart · (k mod points) in step k of a run. */
const course = { first: 0.5, apart: 1 / 1024, points: 1024 };
const pointOf = (k: number): number => course.first + course.apart * (k % course.points);

export function derivativeMakers(torches: readonly Torch[]): readonly (() => Promise<Runner>)[] {
  return [
    adjoint,
    async () => alongCourse("by hand", byHand),
    async () => tensorFlow("cpu"),
    async () => tensorFlow("wasm"),
    jaxJs,
    // No matrix is multiplied here: one BLAS is like another.
    ...torches.slice(0, 1).map((torch) => () => startTorch(torch, { task: "derive", ...course })),
  ];
}

async function adjoint(): Promise<Runner> {
  const { J, J_dx } = await importText(compileText(programOfText("function J(x) = cos(sin(x^2) + 3 * x^2)\n")));
  if (!isFunction(J) || !isFunction(J_dx)) throw new Error("the module has no J or no J_dx");
  return alongCourse("Adjoint ts", (x, found) => {
    found[0] = J(x);
    found[1] = J_dx(x);
  });
}

/** Value and derivative with their common parts computed once. */
function byHand(x: number, found: Float64Array): void {
  const square = x * x;
  const inner = Math.sin(square) + 3 * square;
  found[0] = Math.cos(inner);
  found[1] = -2 * x * (Math.cos(square) + 3) * Math.sin(inner);
}

function alongCourse(label: string, differentiate: (x: number, found: Float64Array) => void): Runner {
  const found = new Float64Array(2);
  return {
    label,
    async run(steps) {
      for (let k = 0; k < steps; k++) differentiate(pointOf(k), found);
    },
    result: async () => [...found],
  };
}

function tensorFlow(backend: "cpu" | "wasm"): Runner {
  const differentiate = tf.valueAndGrad((x: tf.Tensor) => {
    const square = x.square();
    return square.sin().add(square.mul(3)).cos();
  });
  let found: readonly number[] = [];
  return {
    label: `TensorFlow.js ${backend}`,
    async run(steps) {
      await tf.setBackend(backend);
      for (let k = 0; k < steps; k++) {
        const x = tf.scalar(pointOf(k));
        const { value, grad } = differentiate(x);
        found = [...value.dataSync(), ...grad.dataSync()];
        tf.dispose([x, value, grad]);
      }
    },
    result: async () => found,
  };
}

async function jaxJs(): Promise<Runner> {
  await init("wasm");
  defaultDevice("wasm");
  const differentiate = jit(
    valueAndGrad((x: np.Array) => {
      const square = np.square(x);
      return np.cos(np.sin(square.ref).add(square.mul(3)));
    }),
  );
  let found: readonly number[] = [];
  return {
    label: "jax-js wasm",
    async run(steps) {
      for (let k = 0; k < steps; k++) {
        const [J, slope] = differentiate(np.array(pointOf(k)));
        found = [...J.dataSync(), ...slope.dataSync()];
      }
    },
    result: async () => found,
  };
}

function isFunction(value: unknown): value is (x: number) => number {
  return typeof value === "function";
}
