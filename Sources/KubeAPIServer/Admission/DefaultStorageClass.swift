import Documents
import KubeObjects
import Simulation

/// A claim that names no class has the default one.
struct DefaultStorageClass: MutatingAdmissionPlugin {
  let name = "DefaultStorageClass"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .create }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.persistentVolumeClaims),
      attributes.object["spec"]?["storageClassName"]?.string == nil,
      attributes.object.annotation("volume.beta.kubernetes.io/storage-class") == nil
    else { return }
    let standard = objects.list(.storageClasses, namespace: "").filter { storageClass in
      [
        "storageclass.kubernetes.io/is-default-class",
        "storageclass.beta.kubernetes.io/is-default-class",
      ].contains { storageClass.annotation($0) == "true" }
    }
    guard let chosen = Newest.of(standard) else { return }
    attributes.object["spec"]?["storageClassName"] = .string(chosen.name)
  }
}

/// Which of several defaults counts: the newest, and of the same age the first by name.
enum Newest {
  static func of(_ objects: [Value]) -> Value? {
    objects.min { a, b in
      let (at, bt) = (a.creationTimestamp, b.creationTimestamp)
      if let at, let bt, at != bt { return at > bt }
      return a.name < b.name
    }
  }
}
