// swift-tools-version: 6.2

import PackageDescription

// Arrows point down this list only; `ArchitectureTests` reads the import lines and holds them to it.
let package = Package(
  name: "mlflow-lens",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "mlflow-lens", targets: ["mlflow-lens"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
  ],
  targets: [
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),

    // A function of the C library that its Swift module leaves out.
    .systemLibrary(name: "CMalloc"),

    // Opened when they are needed, not linked. Only systems with an old C library keep dlopen apart.
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CPCRE2", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),

    .target(name: "JSONText"),
    .target(name: "TraceModel", dependencies: ["JSONText"]),
    .target(name: "TraceQuery", dependencies: ["TraceModel", "JSONText", "CPCRE2"]),
    .target(
      name: "TraceStores",
      dependencies: ["TraceQuery", "TraceModel", "JSONText", "CSQLite", "CYAML", "CCurl", "CZlib"]
    ),
    .target(name: "TraceSemantics", dependencies: ["TraceModel", "JSONText"]),
    .target(name: "TraceAnalysis", dependencies: ["TraceSemantics", "TraceModel", "JSONText"]),
    .target(name: "MCP", dependencies: ["JSONText", .product(name: "Logging", package: "swift-log")]),
    .target(
      name: "LensTools",
      dependencies: ["MCP", "TraceAnalysis", "TraceSemantics", "TraceStores", "TraceQuery", "TraceModel", "JSONText"]
    ),
    .target(
      name: "LensReport",
      dependencies: ["LensTools", "MCP", "TraceAnalysis", "TraceSemantics", "TraceModel", "JSONText"]
    ),
    .target(name: "HostSetup", dependencies: ["JSONText"]),
    .executableTarget(
      name: "mlflow-lens",
      dependencies: [
        "LensReport", "LensTools", "HostSetup", "MCP", "TraceStores", "TraceModel", "JSONText", "CMalloc",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]
    ),

    // Measures what every reading begins with; scripts/bench builds and runs it.
    .executableTarget(name: "json-speed", dependencies: ["JSONText"], path: "Benchmarks/JSONSpeed"),

    // What takes bytes of others, driven at random (see CONTRIBUTING.md); no part of the program.
    .target(
      name: "FuzzTargets",
      dependencies: ["LensTools", "MCP", "TraceStores", "TraceQuery", "TraceModel", "JSONText"],
      path: "Tests/Fuzz/Targets"
    ),
    .executableTarget(name: "lens-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver"),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "LensTestSupport"]),

    .target(name: "LensTestSupport", dependencies: ["TraceModel", "JSONText"], path: "Tests/Support"),
    .testTarget(name: "ArchitectureTests", dependencies: ["JSONText", "LensTestSupport"]),
    .testTarget(name: "JSONTextTests", dependencies: ["JSONText", "LensTestSupport"]),
    .testTarget(name: "TraceModelTests", dependencies: ["TraceModel", "JSONText", "LensTestSupport"]),
    .testTarget(
      name: "TraceStoresTests",
      dependencies: ["TraceStores", "TraceQuery", "TraceModel", "JSONText", "CSQLite", "LensTestSupport"],
      exclude: ["FilterCases"]
    ),
    .testTarget(
      name: "TraceSemanticsTests", dependencies: ["TraceSemantics", "TraceModel", "JSONText", "LensTestSupport"]
    ),
    .testTarget(
      name: "TraceAnalysisTests",
      dependencies: ["TraceAnalysis", "TraceSemantics", "TraceModel", "JSONText", "LensTestSupport", "FuzzTargets"]
    ),
    .executableTarget(
      name: "conformance-server",
      dependencies: ["MCP", "JSONText", .product(name: "Logging", package: "swift-log")],
      path: "Tests/ConformanceServer"
    ),
    .testTarget(name: "HostSetupTests", dependencies: ["HostSetup", "JSONText", "LensTestSupport", "mlflow-lens"]),
    .testTarget(name: "MCPTests", dependencies: ["MCP", "JSONText", "LensTestSupport"]),
    .testTarget(
      name: "LensToolsTests",
      dependencies: [
        "LensTools", "MCP", "TraceStores", "TraceQuery", "TraceModel", "JSONText", "LensTestSupport", "FuzzTargets",
        .product(name: "Logging", package: "swift-log"),
      ],
      exclude: ["Goldens", "Corpus"]
    ),
    .testTarget(
      name: "LensReportTests",
      dependencies: [
        "LensReport", "LensTools", "MCP", "TraceStores", "TraceModel", "JSONText", "LensTestSupport", "mlflow-lens",
      ]
    ),
    .testTarget(
      name: "TranscriptTests",
      dependencies: [
        "LensTools", "MCP", "TraceStores", "JSONText", "LensTestSupport", "mlflow-lens", "conformance-server",
      ],
      exclude: ["Transcripts", "Conformance"]
    ),
  ],
  swiftLanguageModes: [.v6]
)

// libFuzzer brings a `main` of its own, which only its own way of building has: scripts/fuzz --guided.
if Context.environment["MLFLOW_LENS_GUIDED_FUZZING"] != nil {
  package.targets.append(
    .executableTarget(name: "lens-fuzz-guided", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Guided"))
}

/// The test command sets this; a newcomer's newer compiler may warn where ours does not, and must still build.
let warningsAreErrors = Context.environment["MLFLOW_LENS_WARNINGS_AS_ERRORS"] != nil

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .strictMemorySafety(),
  ]
  if warningsAreErrors {
    target.swiftSettings?.append(.treatAllWarnings(as: .error))
  }
}
