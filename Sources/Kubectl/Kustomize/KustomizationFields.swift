import Documents

/// What a kustomization file may say, and what is told of it.
enum KustomizationFields {
  private static let unsimulated = [
    "configurations", "generators", "helmChartInflationGenerator", "helmGlobals", "openapi",
    "transformers", "validators",
  ]

  /// Members that still work and what to use instead, in the order of their warnings.
  private static let old = [
    ("bases", "resources"), ("commonLabels", "labels"), ("imageTags", "images"),
    ("patchesJson6902", "patches"), ("patchesStrategicMerge", "patches"),
  ]

  static func check(_ file: Value, _ call: Invocation, in root: String) throws {
    guard let members = file.object else {
      throw CommandError.text(
        "invalid Kustomization: json: cannot unmarshal \(KustomizationShape.type(of: file)) into Go value of type "
          + "types.Kustomization")
    }
    if let problem = KustomizationShape.file.problem(in: file, at: "Kustomization") {
      throw CommandError.text("invalid Kustomization: \(problem)")
    }
    // What says nothing of itself is a Kustomization.
    let kind = members["kind"]?.string ?? "Kustomization"
    guard ["Kustomization", "Component"].contains(kind) else {
      throw CommandError.text(
        "Failed to read kustomization file under \(root):\nkind should be Kustomization or Component"
      )
    }
    let version = "kustomize.config.k8s.io/" + (kind == "Component" ? "v1alpha1" : "v1beta1")
    guard [nil, "", version].contains(members["apiVersion"]?.string) else {
      throw CommandError.text(
        "Failed to read kustomization file under \(root):\napiVersion for \(kind) should be "
          + version)
    }
    for member in unsimulated where file[member].map({ !$0.isNull }) ?? false {
      throw CommandError.text("drydock: not simulated: \(member) of a kustomization")
    }
    for note in (file["buildMetadata"]?.array ?? []).compactMap(\.string)
    where ["originAnnotations", "transformerAnnotations"].contains(note) {
      throw CommandError.text("drydock: not simulated: \(note) of a kustomization")
    }
    for (member, other) in old where file[member] != nil {
      call.output.complainLine(
        "# Warning: '\(member)' is deprecated. Please use '\(other)' instead. Run 'kustomize edit "
          + "fix' to update your Kustomization automatically.")
    }
    if file["vars"] != nil {
      call.output.complainLine(
        "# Warning: 'vars' is deprecated. Please use 'replacements' instead. [EXPERIMENTAL] Run "
          + "'kustomize edit fix' to update your Kustomization automatically.")
    }
    if let chart = file["helmCharts"]?.array?.first {
      guard call.values.flag("enable-helm") != nil, call.values.bool("enable-helm") else {
        throw configuration("HelmChartInflationGenerator", chart, "must specify --enable-helm")
      }
      throw CommandError.text("drydock: not simulated: helmCharts of a kustomization")
    }
  }

  /// The error of one of kustomize's parts that cannot do what it is configured for.
  static func configuration(_ part: String, _ configuration: Value, _ words: String) -> CommandError
  {
    CommandError.text(
      "trouble configuring builtin \(part) with config: `\n\(YAMLText.text(configuration))`: \(words)"
    )
  }
}
