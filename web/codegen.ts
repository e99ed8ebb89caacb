import type { CodegenConfig } from "@graphql-codegen/cli";

/** Types and documents come from the schema, so a field that the server lacks fails the build. */
const config: CodegenConfig = {
  schema: "../schema.graphql",
  documents: "src/api/*.graphql",
  generates: {
    "src/api/generated.ts": {
      plugins: ["typescript", "typescript-operations", "typed-document-node"],
      config: {
        documentMode: "string",
        enumsAsTypes: true,
        useTypeImports: true,
        skipTypename: true,
        strictScalars: true,
        scalars: { DateTime: "string", UUID: "string", Upload: "File" },
      },
    },
  },
};

export default config;
