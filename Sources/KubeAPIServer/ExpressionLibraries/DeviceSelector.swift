import CEL
package import Documents
import KubeObjects

/// An expression that chooses devices, ready to be asked.
package struct DeviceSelector: Sendable {
  package struct Failure: Error {
    package var message: String
  }

  private let program: Program

  package init(_ text: String) throws(Failure) {
    do throws(CompilationError) {
      program = try Program(text, Self.environment)
    } catch { throw Failure(message: "CEL compile error: \(error)") }
  }

  /// Whether a device of a ResourceSlice is chosen.
  package func matches(_ device: Value, driver: String) throws(Failure) -> Bool {
    switch program.evaluate(["device": Self.datum(device, driver)]) {
    case .bool(let isChosen): return isChosen
    case .failure(let message): throw Failure(message: "CEL runtime error: \(message)")
    default: throw Failure(message: "CEL runtime error: not a boolean result")
    }
  }

  /// What is known of a device: its driver, and its attributes and capacities by domain and name.
  static let environment: Environment = {
    var environment = ExpressionLibraries.environment
    environment.variables = ["device": .structure("kubernetes.DRADevice")]
    let fields: [String: Type] = [
      "driver": .string, "allowMultipleAllocations": .bool,
      "attributes": .map(.string, .map(.string, .dyn)),
      "capacity": .map(.string, .map(.string, .opaque("kubernetes.Quantity"))),
    ]
    environment.isStructure = { $0 == "kubernetes.DRADevice" }
    environment.field = { $0 == "kubernetes.DRADevice" ? fields[$1] : nil }
    return environment
  }()

  private static func datum(_ device: Value, _ driver: String) -> Datum {
    .map(
      MapDatum(
        [
          (.string("driver"), .string(driver)),
          (
            .string("allowMultipleAllocations"),
            .bool(device["allowMultipleAllocations"]?.bool ?? false)
          ),
          (.string("attributes"), domains(device["attributes"], driver, attribute)),
          (.string("capacity"), domains(device["capacity"], driver) { amount($0["value"]) }),
        ], structure: "kubernetes.DRADevice"))
  }

  /// Names without a domain are of the driver's; a domain that nobody uses is empty.
  private static func domains(
    _ members: Value?, _ driver: String, _ read: (Value) -> Datum?
  ) -> Datum {
    var found: [String: [(Datum, Datum)]] = [:]
    for (name, value) in members?.object ?? [:] {
      guard let datum = read(value) else { continue }
      let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
      let domain = parts.count > 1 ? parts[0] : driver
      found[domain, default: []].append((.string(parts.last ?? ""), datum))
    }
    var map = MapDatum(
      found.sorted { $0.key < $1.key }.map { (.string($0.key), .map(MapDatum($0.value))) })
    map.fallback = .map(MapDatum())
    return .map(map)
  }

  private static func attribute(_ value: Value) -> Datum? {
    if let text = value["string"]?.string { return .string(text) }
    if let number = value["int"]?.int { return .int(number) }
    if let flag = value["bool"]?.bool { return .bool(flag) }
    return value["version"]?.string.flatMap { SemverLibrary.datum($0) }
  }

  private static func amount(_ value: Value?) -> Datum? {
    value.flatMap { try? Quantity(parsing: $0) }.map {
      .opaque(QuantityLibrary.Amount(quantity: $0))
    }
  }
}
