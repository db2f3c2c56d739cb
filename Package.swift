// swift-tools-version: 6.2
import Foundation
import PackageDescription

let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOWebSocket", package: "swift-nio"),
  .product(name: "NIOHTTP2", package: "swift-nio-http2"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]

// The house: ground floor first. A module uses only floors below its own; modules of one floor are
// strangers. Sources/README.md has the drawing and the reasons.
let house: [[Module]] = [
  [  // 0 ground
    Module("Simulation"),
    Module("Documents", system: ["CYAML"]),
    Module("Shell"),
    Module("PKI", products: [certificates, crypto]),
  ],
  [  // 1 matter
    Module(
      "KubeObjects", uses: ["Documents", "Simulation"],
      generator: "Schema/generate-schema-table.py"),
    Module("Etcd", uses: ["Documents", "Simulation"]),
    Module("Linux", uses: ["Documents", "Shell", "Simulation"]),
    Module("CEL", uses: ["Documents"]),
  ],
  [  // 2 door
    Module(
      "KubeAPIServer", uses: ["CEL", "Documents", "Etcd", "KubeObjects", "Simulation"],
      generator: "Bootstrap/generate-bootstrap-objects.py"),
    Module("OpenSSL", uses: ["Linux", "PKI", "Shell", "Simulation"]),
  ],
  [  // 3 clients
    Module(
      "KubeScheduler", uses: ["Documents", "KubeAPIServer", "KubeObjects", "Simulation"],
      testUses: ["KubeControllerManager"]),
    Module(
      "KubeControllerManager",
      uses: ["Documents", "KubeAPIServer", "KubeObjects", "Simulation"],
      testUses: ["KubeScheduler"]),
    Module(
      "KubeNetwork",
      uses: ["Documents", "KubeAPIServer", "KubeObjects", "Linux", "Shell", "Simulation"]),
    Module(
      "KubeNode",
      uses: ["Documents", "KubeAPIServer", "KubeObjects", "Linux", "Shell", "Simulation"]),
    Module(
      "Kubectl",
      uses: ["Documents", "KubeAPIServer", "KubeObjects", "Linux", "PKI", "Shell", "Simulation"]),
    Module("Helm", uses: ["Documents", "Linux", "Shell", "Simulation"]),
  ],
  [  // 4 cluster
    Module(
      "KubeCluster",
      uses: [
        "Documents", "Etcd", "Helm", "KubeAPIServer", "KubeControllerManager", "KubeNetwork",
        "KubeNode",
        "KubeObjects", "KubeScheduler", "Kubectl", "Linux", "OpenSSL", "PKI", "Shell",
        "Simulation",
      ])
  ],
  [  // 5 school
    Module(
      "Curriculum",
      uses: [
        "CEL", "Documents", "KubeAPIServer", "KubeCluster", "KubeObjects", "Linux", "Simulation",
      ]),
    Module("LearnerRecord", uses: ["Documents", "Simulation"], products: [grdb]),
  ],
  [  // 6 lesson
    Module(
      "Classroom",
      uses: [
        "Curriculum", "Documents", "Etcd", "KubeAPIServer", "KubeCluster", "KubeObjects",
        "LearnerRecord", "Linux", "Shell", "Simulation",
      ], testUses: ["PKI"])
  ],
  [  // 7 class
    Module(
      "Gradebook",
      uses: [
        "Classroom", "Curriculum", "Documents", "Etcd", "KubeAPIServer", "KubeCluster",
        "KubeObjects", "LearnerRecord", "Linux", "PKI", "Simulation",
      ],
      products: [crypto, grdb, mustache], templates: "Templates")
  ],
  [  // 8 doors
    Module("Terminal", system: ["CLibedit", "CMarkdown"]),
    Module(
      "SecureServing",
      uses: ["Documents", "KubeAPIServer", "KubeCluster", "KubeObjects", "PKI", "Simulation"],
      system: ["CZlib"], products: nio),
  ],
]

let systemLibraries: [Target] = [
  .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
  .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
  .target(name: "CLibedit", linkerSettings: [.linkedLibrary("edit")]),
  .systemLibrary(
    name: "CMarkdown", providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
]

/// One room of the house: a folder of Sources with its twin in Tests.
struct Module {
  let name: String
  let uses: [String]
  /// What only its tests use: the recordings show scheduler and controllers at work together.
  let testUses: [String]
  let system: [String]
  let products: [Target.Dependency]
  /// A folder of files that the module carries in its code.
  let templates: String?
  /// The script that makes the module's data.
  let generator: String?

  init(
    _ name: String, uses: [String] = [], testUses: [String] = [], system: [String] = [],
    products: [Target.Dependency] = [], templates: String? = nil, generator: String? = nil
  ) {
    self.name = name
    self.uses = uses
    self.testUses = testUses
    self.system = system
    self.products = products
    self.templates = templates
    self.generator = generator
  }
}

/// What tests read where it lies, from the folder, rather than as a resource.
func existing(_ name: String, in folder: String) -> [String] {
  let path = "\(Context.packageDirectory)/\(folder)/\(name)"
  return FileManager.default.fileExists(atPath: path) ? [name] : []
}

// DRYDOCK_FUZZ=1 builds the API server and what it stands on for libFuzzer (`make fuzz`).
let isFuzzed = Context.environment["DRYDOCK_FUZZ"] != nil

let settings: [SwiftSetting] =
  (isFuzzed ? [.unsafeFlags(["-sanitize=fuzzer"])] : []) + [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ]

for (floor, modules) in house.enumerated() {
  let below = Set(house[..<floor].joined().map(\.name))
  for module in modules {
    for used in module.uses where !below.contains(used) {
      fatalError("\(module.name) may not use \(used): it is not on a floor below")
    }
  }
}

// DRYDOCK_MODULE=Shell builds that module, what it uses and its tests, and nothing else.
let wanted: Set<String> = {
  let all = Dictionary(uniqueKeysWithValues: house.joined().map { ($0.name, $0) })
  let asked = isFuzzed ? "KubeAPIServer" : Context.environment["DRYDOCK_MODULE"]
  guard let names = asked else { return Set(all.keys) }
  var found: Set<String> = []
  var open = names.split(separator: ",").map(String.init)
  // The executable itself uses the whole house.
  if open.contains("drydock") { return Set(all.keys) }
  for name in open { open += all[name]?.testUses ?? [] }
  while let name = open.popLast() {
    guard let module = all[name] else { fatalError("no module \(name)") }
    if found.insert(name).inserted { open += module.uses }
  }
  return found
}()
let focus =
  isFuzzed
  ? []
  : Context.environment["DRYDOCK_MODULE"].map { Set($0.split(separator: ",").map(String.init)) }
let whole = focus == nil
let opensDoors = focus?.contains("drydock") ?? true

let modules = house.joined().filter { wanted.contains($0.name) }

let package = Package(
  name: "drydock",
  platforms: [.macOS(.v15)],
  products: opensDoors ? [.executable(name: "drydock", targets: ["drydock"])] : [],
  dependencies: [
    .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
  ],
  targets: modules.map { module in
    .target(
      name: module.name,
      dependencies: (module.uses + module.system).map { .init(stringLiteral: $0) }
        + module.products,
      exclude: module.generator.map { [$0] } ?? [],
      resources: module.templates.map { [.embedInCode($0)] } ?? [],
      swiftSettings: settings)
  }
    + modules.filter { focus?.contains($0.name) ?? true }.map { module in
      .testTarget(
        name: module.name + "Tests",
        dependencies: ([module.name] + module.uses + module.testUses).map {
          .init(stringLiteral: $0)
        } + module.products,
        exclude: existing("Fixtures", in: "Tests/\(module.name)Tests"),
        swiftSettings: settings)
    }
    + systemLibraries
    + (opensDoors
      ? [
        .executableTarget(
          name: "drydock",
          dependencies: house.suffix(6).joined().map { .init(stringLiteral: $0.name) } + [
            "Documents", "KubeObjects", "Linux", "Simulation",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
          ],
          swiftSettings: settings),
        .testTarget(name: "drydockTests", dependencies: ["drydock"], swiftSettings: settings),
      ] : [])
    + (whole
      ? [
        .executableTarget(
          name: "Benchmarks",
          dependencies: house.joined().map { .init(stringLiteral: $0.name) } + nio,
          swiftSettings: settings),
        .testTarget(name: "HouseTests", swiftSettings: settings),
      ] : [])
    + (isFuzzed
      ? [
        .executableTarget(
          name: "Fuzzing", dependencies: ["Documents", "KubeAPIServer", "Simulation"],
          exclude: ["Seeds"],
          swiftSettings: settings,
          linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])])
      ] : []),
  swiftLanguageModes: [.v6])
