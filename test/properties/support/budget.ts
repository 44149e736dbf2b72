/** Owns: how many programs `npm test` draws, and from where. `npm run fuzz` draws as many others as one likes. */

export const seed = 20_240_229;
export const programs = 2000;
/** Programs that are printed as pages and come back through the language. */
export const pages = 400;
/** Programs in one test. */
export const batch = 100;

/** The first program of each test. */
export function batches(count: number): readonly number[] {
  return Array.from({ length: count / batch }, (_, k) => k * batch);
}
