// Reads AsyncAPI documents, named as arguments, and prints what is wrong with each:
// one JSON list a line, of [severity, code, message]; severity 0 is an error.
import { readFile } from "node:fs/promises";
import asyncapi from "@asyncapi/parser";

for (const path of process.argv.slice(2)) {
  const { diagnostics } = await new asyncapi.Parser().parse(await readFile(path, "utf8"));
  const found = diagnostics.map(({ severity, code, message }) => [severity, code, message]);
  console.log(JSON.stringify(found));
}
