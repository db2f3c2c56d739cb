import Documents
import KubeObjects

/// What writers of volumes, claims and classes are warned of.
enum StorageWarnings {
  private static let classAnnotation = "volume.beta.kubernetes.io/storage-class"

  private static func oldClass(_ object: Value) -> [String] {
    object.annotation(classAnnotation) == nil
      ? []
      : [
        "metadata.annotations[\(classAnnotation)]: deprecated since v1.8; use "
          + "\"storageClassName\" attribute instead"
      ]
  }

  static func claim(_ object: Value) -> [String] {
    oldClass(object) + claim(object["spec"] ?? [:], FieldPath("spec"))
  }

  static func claim(_ spec: Value, _ path: FieldPath) -> [String] {
    ["requests", "limits"].flatMap { list in
      PodWarnings.fraction(
        spec["resources"]?[list]?["storage"], path.child("resources", list).key("storage"))
    }
  }

  static func volume(_ object: Value) -> [String] {
    let spec = object["spec"] ?? [:]
    let path = FieldPath("spec")
    var found = oldClass(object)
    let mount = "volume.beta.kubernetes.io/mount-options"
    if object.annotation(mount) != nil {
      found.append(
        "metadata.annotations[\(mount)]: deprecated since v1.31; use \"mountOptions\" attribute "
          + "instead")
    }
    if spec.text("persistentVolumeReclaimPolicy") == "Recycle" {
      found.append(
        "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, "
          + "the recommended approach is to use dynamic provisioning.")
    }
    let terms = spec["nodeAffinity"]?["required"]?.items("nodeSelectorTerms") ?? []
    for (index, term) in terms.enumerated() {
      found += NodeLabelWarnings.term(
        term, path.child("nodeAffinity", "required", "nodeSelectorTerms").index(index))
    }
    found += PodWarnings.fraction(
      spec["capacity"]?["storage"], path.child("capacity").key("storage"))
    for (kind, message) in oldSources where spec.has(kind) {
      found.append("\(path.child(kind == "storageos" ? "storageOS" : kind)): \(message)")
    }
    return found
  }

  private static let oldSources = [
    ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("storageos", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
    ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
  ]

  static func storageClass(_ object: Value) -> [String] {
    var found: [String] = []
    for (index, term) in object.items("allowedTopologies").enumerated() {
      let list = FieldPath("allowedTopologies").index(index).child("matchLabelExpressions")
      for (number, expression) in term.items("matchLabelExpressions").enumerated() {
        if let message = NodeLabelWarnings.deprecated[expression.text("key")] {
          found.append("\(list.index(number).child("key")): \(message)")
        }
      }
    }
    return found
  }
}
