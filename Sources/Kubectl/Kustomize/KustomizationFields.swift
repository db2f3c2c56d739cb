import Documents

/// The members that a kustomization file may have.
enum KustomizationFields {
  private static let known: Set<String> = [
    "apiVersion", "kind", "metadata", "openapi", "namePrefix", "nameSuffix", "namespace",
    "commonLabels", "labels", "commonAnnotations", "patchesStrategicMerge", "patchesJson6902",
    "patches", "images", "imageTags", "replacements", "replicas", "vars", "sortOptions",
    "resources", "components", "crds", "bases", "configMapGenerator", "secretGenerator",
    "helmGlobals", "helmCharts", "helmChartInflationGenerator", "generatorOptions",
    "configurations", "generators", "transformers", "validators", "buildMetadata",
  ]

  private static let unsimulated = [
    "configurations", "generators", "helmChartInflationGenerator", "helmCharts", "helmGlobals",
    "openapi", "transformers", "validators", "vars",
  ]

  /// Members that still work and what to use instead, in the order of their warnings.
  private static let old = [
    ("bases", "resources"), ("commonLabels", "labels"), ("imageTags", "images"),
    ("patchesJson6902", "patches"), ("patchesStrategicMerge", "patches"),
  ]

  static func check(_ file: Value, _ call: Invocation) throws {
    guard let members = file.object else {
      throw CommandError.text(
        "invalid Kustomization: json: cannot unmarshal \(type(of: file)) into Go value of type "
          + "types.Kustomization")
    }
    if let stranger = members.keys.first(where: { !known.contains($0) }) {
      throw CommandError.text(
        "invalid Kustomization: json: unknown field \(Go.quoted(stranger))")
    }
    for member in unsimulated where file[member].map({ !$0.isNull }) ?? false {
      throw CommandError.text("drydock: not simulated: \(member) of a kustomization")
    }
    for note in (file["buildMetadata"]?.array ?? []).compactMap(\.string)
    where note != "managedByLabel" {
      throw CommandError.text("drydock: not simulated: \(note) of a kustomization")
    }
    for (member, other) in old where file[member] != nil {
      call.output.complainLine(
        "# Warning: '\(member)' is deprecated. Please use '\(other)' instead. Run 'kustomize edit "
          + "fix' to update your Kustomization automatically.")
    }
  }

  private static func type(of value: Value) -> String {
    switch value {
    case .array: "array"
    case .string: "string"
    case .bool: "bool"
    case .int, .double: "number"
    default: "null"
    }
  }
}
