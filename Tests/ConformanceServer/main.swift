import Logging
import MCP

// The fixtures that the official conformance suite asks of a server, on the protocol layer alone. It knows nothing of
// traces: this is also how any other program would use the layer.
let server = Server(
  info: ServerInfo(name: "conformance", title: "Conformance fixtures", version: "1.0"),
  instructions: "Fixtures for tests of the protocol.", tools: Fixtures.tools, resources: Fixtures.resources,
  resourceTemplates: Fixtures.templates, prompts: Fixtures.prompts,
  logger: Logger(label: "conformance") { _ in SwiftLogNoOpLogHandler() })
await server.run(over: try StdioTransport.takeStandardStreams())
