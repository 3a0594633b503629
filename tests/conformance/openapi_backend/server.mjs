// A server by openapi-backend: it routes and validates by openapi.yaml, and this file does the rest.
// usage: node server.mjs OPENAPI_YAML TOKEN; prints its port.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { OpenAPIBackend } from "openapi-backend";

const [definition, token] = process.argv.slice(2);
const steps = Array.from({ length: 37 }, (_, number) => ({
  execution_step_id: `node-${String(number).padStart(4, "0")}`,
  action: "hwc:runbook:scripts@1.0.0",
  name: `step ${number}`,
  start_time: 1751000000000 + number * 60000,
  end_time: 1751000001000 + number * 60000,
  status: "Succeed",
  message: number % 2 ? null : "done",
  inputs: [{ key: "host", value: "10.0.0.1" }],
  outputs: [],
  properties: {},
}));

const refuse = (status, message) => ({ status, body: { error_code: `NODE.${status}`, error_msg: message } });

const api = new OpenAPIBackend({
  definition,
  quick: true,
  handlers: {
    listExecutionSteps: ({ request }) => {
      if (request.params.execution_id !== "NODE-1") return refuse(400, "There is no such ticket.");
      const { limit = 10, offset = 0, execution_step_id_list: ids } = request.query;
      const wanted = ids && new Set([ids].flat());
      const found = steps.filter((step) => !wanted || wanted.has(step.execution_step_id));
      const data = found.slice(Number(offset), Number(offset) + Number(limit));
      return { status: 200, body: { data, total: found.length } };
    },
    validationFail: ({ validation }) =>
      refuse(400, validation.errors.map((error) => `${error.instancePath} ${error.message}`).join("; ")),
    unauthorizedHandler: () => refuse(401, "The token is not valid."),
    notFound: () => refuse(404, "There is no such API."),
    methodNotAllowed: () => refuse(405, "Only GET exists."),
  },
});
api.registerSecurityHandler("authToken", ({ request }) => request.headers["x-auth-token"] === token);
await api.init();

createServer(async (request, response) => {
  const [path, query] = request.url.split("?");
  const { method, headers } = request;
  const { status, body } = await api.handleRequest({ method, path, query, headers });
  response.writeHead(status, { "Content-Type": "application/json", "X-Request-Id": randomUUID() });
  response.end(JSON.stringify(body));
}).listen(0, "127.0.0.1", function () {
  console.log(this.address().port);
});
