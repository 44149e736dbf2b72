import { defineConfig } from "vitest/config";

// Tests run against the packages' sources (export condition "source"), so that no build can be stale.
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "test/**/*.test.ts",
      "examples/**/*.test.ts",
    ],
    testTimeout: 60_000,
    // Both cores of a small machine; the default leaves one idle.
    maxWorkers: 2,
  },
});
