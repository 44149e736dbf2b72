/** Owns: the gender network's emitted module, with the types of what the measurements use of it. */

import { compileText, importText, programOf } from "./load-page.ts";

export interface GenderNet {
  readonly p: Float64Array;
  train(
    data: GenderData,
    options: object,
  ): AsyncGenerator<{ readonly epoch: number; readonly loss: number }, void, undefined>;
}

export interface GenderData {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface GenderModule {
  readonly Gender: new (options?: object) => GenderNet;
  readonly step: (
    p: Float64Array,
    x: Float64Array,
    y: Float64Array,
    first: number,
    end: number,
    order: Uint32Array | null,
    total: number,
  ) => number;
}

export const genderPage = "examples/gender/gender.adj";

export async function importGender(): Promise<GenderModule> {
  const { Gender, step } = await importText(compileText(programOf(genderPage)));
  if (typeof Gender !== "function" || typeof step !== "function")
    throw new Error("the module has no Gender or no step");
  return { Gender, step } as GenderModule;
}

/** The four people of the tutorial: weight − 135, height − 66; 1 is female. */
export const people: GenderData = {
  x: Float64Array.of(-2, -1, 25, 6, 17, 4, -15, -6),
  y: Float64Array.of(1, 0, 0, 1),
};

/** As many people as wanted, the light and small ones female, so that there is something to learn and no chaos in it. */
export function crowd(count: number): GenderData {
  const x = Float64Array.from({ length: 2 * count }, (_, k) => 3 * Math.sin(k * k));
  return { x, y: Float64Array.from({ length: count }, (_, n) => (x[2 * n]! + x[2 * n + 1]! < 0 ? 1 : 0)) };
}
