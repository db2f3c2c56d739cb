package import Documents
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
      StandardClass.isWanted(by: attributes.object),
      let chosen = StandardClass.of(objects.list(.storageClasses, namespace: ""))
    else { return }
    attributes.object["spec"]?["storageClassName"] = .string(chosen.name)
  }
}

/// The class that claims get which name none.
package enum StandardClass {
  /// Whether a claim says nothing of its class.
  package static func isWanted(by claim: Value) -> Bool {
    claim["spec"]?["storageClassName"]?.string == nil
      && claim.annotation("volume.beta.kubernetes.io/storage-class") == nil
  }

  /// The default one of all classes.
  package static func of(_ classes: some Sequence<Value>) -> Value? {
    Newest.of(
      classes.filter { storageClass in
        [
          "storageclass.kubernetes.io/is-default-class",
          "storageclass.beta.kubernetes.io/is-default-class",
        ].contains { storageClass.annotation($0) == "true" }
      })
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
