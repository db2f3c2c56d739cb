import Documents

/// What Go's types expect at a place of a kustomization file, and the decoder's words for what else
/// is there.
indirect enum KustomizationShape: Sendable {
  case text
  case number
  case bool
  case list(KustomizationShape)
  case map(KustomizationShape)
  case structure([String: KustomizationShape], type: String)
  case any

  /// The first thing that cannot be decoded, as an error says it after `invalid Kustomization: `.
  func problem(in value: Value, at path: String) -> String? {
    if value.isNull { return nil }
    switch (self, value) {
    case (.any, _), (.text, .string), (.number, .int), (.bool, .bool): return nil
    case (.list(let inner), .array(let elements)):
      for (index, element) in elements.enumerated() {
        if let problem = inner.problem(in: element, at: "\(path).\(index)") { return problem }
      }
      return nil
    case (.map(let inner), .object(let members)):
      for (name, child) in members {
        if let problem = inner.problem(in: child, at: "\(path).\(name)") { return problem }
      }
      return nil
    case (.structure(let known, _), .object(let members)):
      for (name, child) in members {
        guard let inner = known[name] else { return "json: unknown field \(Go.quoted(name))" }
        if let problem = inner.problem(in: child, at: "\(path).\(name)") { return problem }
      }
      return nil
    default:
      return "json: cannot unmarshal \(Self.type(of: value)) into Go struct field \(path) of type "
        + goType
    }
  }

  private var goType: String {
    switch self {
    case .text: "string"
    case .number: "int64"
    case .bool: "bool"
    case .list(let inner): "[]" + inner.goType
    case .map(let inner): "map[string]" + inner.goType
    case .structure(_, let type): type
    case .any: "interface {}"
    }
  }

  static func type(of value: Value) -> String {
    switch value {
    case .object: "object"
    case .array: "array"
    case .string: "string"
    case .bool: "bool"
    case .int, .double: "number"
    default: "null"
    }
  }

  private static let texts = KustomizationShape.list(.text)

  /// A whole file.
  static let file = KustomizationShape.structure(
    [
      "apiVersion": .text, "kind": .text, "metadata": .any, "openapi": .map(.text),
      "namePrefix": .text, "nameSuffix": .text, "namespace": .text, "commonLabels": .map(.text),
      "labels": .list(
        .structure(
          [
            "pairs": .map(.text), "includeSelectors": .bool, "includeTemplates": .bool,
            "fields": .any,
          ], type: "types.Label")),
      "commonAnnotations": .map(.text), "patchesStrategicMerge": .texts,
      "patchesJson6902": .list(patch), "patches": .list(patch), "images": .list(image),
      "imageTags": .list(image), "replacements": .any,
      "replicas": .list(
        .structure(["name": .text, "count": .number], type: "types.Replica")),
      "vars": .list(
        .structure(
          [
            "name": .text,
            "objref": .structure(
              [
                "apiVersion": .text, "group": .text, "version": .text, "kind": .text,
                "name": .text, "namespace": .text,
              ], type: "types.Target"),
            "fieldref": .structure(
              ["fieldpath": .text, "fieldPath": .text], type: "types.FieldSelector"),
          ], type: "types.Var")),
      "sortOptions": .any, "resources": .texts, "components": .texts, "crds": .texts,
      "bases": .texts,
      "configMapGenerator": .list(.structure(pairs, type: "types.ConfigMapArgs")),
      "secretGenerator": .list(
        .structure(pairs.merging(["type": .text]) { $1 }, type: "types.SecretArgs")),
      "helmGlobals": .any, "helmCharts": .any, "helmChartInflationGenerator": .any,
      "generatorOptions": options, "configurations": .texts, "generators": .texts,
      "transformers": .texts, "validators": .texts, "buildMetadata": .texts,
    ], type: "types.Kustomization")

  private static let image = KustomizationShape.structure(
    ["name": .text, "newName": .text, "newTag": .text, "tagSuffix": .text, "digest": .text],
    type: "types.Image")

  private static let patch = KustomizationShape.structure(
    [
      "path": .text, "patch": .text, "options": .map(.bool),
      "target": .structure(
        [
          "group": .text, "version": .text, "kind": .text, "name": .text, "namespace": .text,
          "annotationSelector": .text, "labelSelector": .text,
        ], type: "types.Selector"),
    ], type: "types.Patch")

  private static let options = KustomizationShape.structure(
    [
      "labels": .map(.text), "annotations": .map(.text), "disableNameSuffixHash": .bool,
      "immutable": .bool,
    ], type: "types.GeneratorOptions")

  private static let pairs: [String: KustomizationShape] = [
    "name": .text, "namespace": .text, "behavior": .text, "literals": .texts, "files": .texts,
    "envs": .texts, "env": .text, "options": options,
  ]
}
