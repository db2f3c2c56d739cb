import Testing

@testable import KubeCluster

/// Volumes of CSI drivers: attached to one node at a time, kept in snapshots, cloned.
@Suite struct DriverTests {
  private let cluster = Cluster(.kubeadm, seed: 6)

  @discardableResult
  private func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }

  @discardableResult
  private func apply(_ text: String) -> String { run("kubectl apply -f - <<'EOF'\n\(text)\nEOF") }

  /// A driver's Pods on every worker, its class, and what says that it attaches.
  private func install(_ image: String, _ driver: String) {
    apply(
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: driver, namespace: kube-system}
      spec:
        selector: {matchLabels: {app: driver}}
        template:
          metadata: {labels: {app: driver}}
          spec: {containers: [{name: driver, image: "\(image)"}]}
      ---
      apiVersion: storage.k8s.io/v1
      kind: CSIDriver
      metadata: {name: \(driver)}
      spec: {attachRequired: true}
      ---
      apiVersion: storage.k8s.io/v1
      kind: StorageClass
      metadata: {name: disk}
      provisioner: \(driver)
      """)
    run("sleep 30")
  }

  private func claim(_ name: String, size: String = "1Gi", _ more: String = "") -> String {
    """
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: \(name)}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: disk
      resources: {requests: {storage: \(size)}}
      \(more)
    ---

    """
  }

  private func pod(_ name: String, on node: String, claim: String) -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: \(name)}
    spec:
      nodeName: \(node)
      terminationGracePeriodSeconds: 1
      containers:
      - {name: c, image: busybox, command: [sleep, "36000"], volumeMounts: [{name: d, mountPath: /d}]}
      volumes: [{name: d, persistentVolumeClaim: {claimName: \(claim)}}]
    ---

    """
  }

  private func events(_ pod: String) -> String {
    run(
      "kubectl get events --field-selector involvedObject.name=\(pod) "
        + "-o jsonpath='{range .items[*]}{.reason}: {.message}{\"\\n\"}{end}'")
  }

  @Test("a volume is attached before its Pod starts, and detached when the Pod is gone")
  func attach() {
    install("public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.53.0", "ebs.csi.aws.com")
    apply(claim("data") + pod("p", on: "node01", claim: "data"))
    run("sleep 30")
    #expect(run("kubectl get pod p -o jsonpath='{.status.phase}'") == "Running")
    let volume = run("kubectl get pvc data -o jsonpath='{.spec.volumeName}'")
    #expect(
      events("p").contains(
        "SuccessfulAttachVolume: AttachVolume.Attach succeeded for volume \"\(volume)\" \n"))
    let row = run("kubectl get volumeattachments --no-headers")
    #expect(row.hasPrefix("csi-"), "\(row)")
    #expect(row.contains("ebs.csi.aws.com   \(volume)   node01   true"), "\(row)")
    #expect(
      run("kubectl get csinode node01 -o jsonpath='{.spec.drivers[0].allocatable.count}'") == "25")
    let handle = run("kubectl get pv \(volume) -o jsonpath='{.spec.csi.volumeHandle}'")
    func status(_ field: String) -> String {
      run("kubectl get node node01 -o jsonpath='{.status.\(field)}'")
    }
    #expect(
      status("volumesAttached[*].name") == "kubernetes.io/csi/ebs.csi.aws.com^\(handle)")
    #expect(status("volumesInUse[*]") == "kubernetes.io/csi/ebs.csi.aws.com^\(handle)")
    run("kubectl delete pod p; sleep 10")
    #expect(run("kubectl get volumeattachments") == "No resources found\n")
    #expect(status("volumesAttached") + status("volumesInUse") == "")
  }

  @Test("a driver tells how much space is left, and a Pod whose claim wants more is not placed")
  func capacity() {
    let base =
      "https://raw.githubusercontent.com/kubernetes-csi/csi-driver-host-path/master/deploy/"
      + "kubernetes-latest/hostpath/"
    for file in ["csi-hostpath-driverinfo.yaml", "csi-hostpath-plugin.yaml"] {
      run("kubectl apply -f \(base)\(file)")
    }
    apply(
      """
      apiVersion: storage.k8s.io/v1
      kind: StorageClass
      metadata: {name: disk}
      provisioner: hostpath.csi.k8s.io
      volumeBindingMode: WaitForFirstConsumer
      """)
    run("sleep 60")
    func row() -> String {
      run(
        "kubectl get csistoragecapacities -A -o jsonpath='{range .items[*]}{.storageClassName} "
          + "{.capacity}{\"\\n\"}{end}'")
    }
    #expect(row() == "disk 1Ti\n")
    func user(_ name: String) -> String {
      pod(name, on: "", claim: name).replacing("nodeName: ", with: "")
    }
    apply(claim("small", size: "24Gi") + user("small"))
    apply(claim("large", size: "2Ti") + user("large"))
    run("sleep 30")
    #expect(row() == "disk 1000Gi\n")
    #expect(run("kubectl get pod small -o jsonpath='{.status.phase}'") == "Running")
    #expect(
      events("large").contains("node(s) did not have enough free storage"), "\(events("large"))")
    run(
      "kubectl delete pod -l app.kubernetes.io/name=csi-hostpathplugin --force; "
        + "kubectl scale sts csi-hostpathplugin --replicas=0; sleep 20")
    #expect(row() == "")
  }

  @Test("a volume that is elsewhere is told of, and comes once it is free")
  func multiAttach() {
    install("public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.53.0", "ebs.csi.aws.com")
    apply(claim("data") + pod("one", on: "node01", claim: "data"))
    run("sleep 30; kubectl exec one -- sh -c 'echo kept > /d/f'")
    apply(pod("two", on: "node02", claim: "data"))
    run("sleep 20")
    let volume = run("kubectl get pvc data -o jsonpath='{.spec.volumeName}'")
    #expect(
      events("two").contains(
        "FailedAttachVolume: Multi-Attach error for volume \"\(volume)\" Volume is already used by "
          + "pod(s) one\n"))
    #expect(run("kubectl get pod two").contains("ContainerCreating"))
    run("sleep 150")
    #expect(events("two").contains("FailedMount: Unable to attach or mount volumes: unmounted"))
    run("kubectl delete pod one; sleep 20")
    #expect(run("kubectl exec two -- cat /d/f") == "kept\n")
  }

  @Test("a node that does not answer keeps its volume for six minutes")
  func silentNode() {
    install("public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.53.0", "ebs.csi.aws.com")
    apply(claim("data") + pod("one", on: "node01", claim: "data"))
    run("sleep 30; ssh node01 systemctl stop kubelet; sleep 60")
    run("kubectl delete pod one --force --grace-period=0")
    apply(pod("two", on: "node02", claim: "data"))
    run("sleep 30")
    #expect(
      events("two").contains(
        "Volume is already exclusively attached to one node and can't be attached to another"))
    run("sleep 400")
    #expect(run("kubectl get pod two -o jsonpath='{.status.phase}'") == "Running")
  }

  @Test("without its driver a volume is never attached, and the Pod waits and says so")
  func noDriver() {
    apply(
      """
      apiVersion: v1
      kind: PersistentVolume
      metadata: {name: v}
      spec:
        capacity: {storage: 1Gi}
        accessModes: [ReadWriteOnce]
        storageClassName: disk
        csi: {driver: other.csi.example.com, volumeHandle: h1}
      """)
    apply(claim("data") + pod("p", on: "node01", claim: "data"))
    run("sleep 140")
    #expect(
      events("p").contains(
        "FailedAttachVolume: AttachVolume.Attach failed for volume \"v\" : timed out waiting for "
          + "external-attacher of other.csi.example.com CSI driver to attach volume h1"))
    apply(
      """
      apiVersion: storage.k8s.io/v1
      kind: CSIDriver
      metadata: {name: other.csi.example.com}
      spec: {attachRequired: false}
      """)
    run("sleep 20")
    #expect(run("kubectl get pod p -o jsonpath='{.status.phase}'") == "Running")
  }

  @Test("a snapshot keeps what was there, is restored and cloned, and refuses what cannot be")
  func snapshots() {
    let base = "https://raw.githubusercontent.com/kubernetes-csi/"
    for path in [
      "external-snapshotter/v8.4.0/client/config/crd/snapshot.storage.k8s.io_volumesnapshotclasses.yaml",
      "external-snapshotter/v8.4.0/client/config/crd/snapshot.storage.k8s.io_volumesnapshotcontents.yaml",
      "external-snapshotter/v8.4.0/client/config/crd/snapshot.storage.k8s.io_volumesnapshots.yaml",
      "external-snapshotter/v8.4.0/deploy/kubernetes/snapshot-controller/setup-snapshot-controller.yaml",
      "external-snapshotter/v8.4.0/deploy/kubernetes/snapshot-controller/rbac-snapshot-controller.yaml",
    ] { #expect(!run("kubectl apply -f \(base)\(path)").contains("rror"), "\(path)") }
    install("registry.k8s.io/sig-storage/hostpathplugin:v1.17.0", "hostpath.csi.k8s.io")
    apply(
      """
      apiVersion: snapshot.storage.k8s.io/v1
      kind: VolumeSnapshotClass
      metadata: {name: snaps}
      driver: hostpath.csi.k8s.io
      deletionPolicy: Delete
      """)
    apply(claim("data", size: "2Gi") + pod("p", on: "node01", claim: "data"))
    run("sleep 40; kubectl exec p -- sh -c 'echo old > /d/f'")
    func snapshot(_ name: String, _ spec: String) {
      apply(
        "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata: {name: \(name)}\n"
          + "spec: \(spec)")
    }
    snapshot("s", "{volumeSnapshotClassName: snaps, source: {persistentVolumeClaimName: data}}")
    run("sleep 20; kubectl exec p -- sh -c 'echo new > /d/f'")
    let row = run("kubectl get volumesnapshot s --no-headers")
    #expect(row.contains("true") && row.contains("data") && row.contains("2Gi"), "\(row)")
    #expect(run("kubectl get vsc --no-headers").contains("Delete"))
    snapshot("bad", "{volumeSnapshotClassName: snaps, source: {persistentVolumeClaimName: nope}}")
    run("sleep 5")
    #expect(
      run("kubectl get volumesnapshot bad -o jsonpath='{.status.error.message}'").contains(
        "cannot get claim from snapshot"))

    func source(_ kind: String, _ name: String) -> String {
      let group = kind == "VolumeSnapshot" ? "apiGroup: snapshot.storage.k8s.io, " : ""
      return "dataSource: {\(group)kind: \(kind), name: \(name)}"
    }
    apply(claim("small", source("VolumeSnapshot", "s")))
    apply(claim("restored", size: "2Gi", source("VolumeSnapshot", "s")))
    apply(claim("clone", size: "2Gi", source("PersistentVolumeClaim", "data")))
    apply(pod("q", on: "node02", claim: "restored") + pod("r", on: "node02", claim: "clone"))
    run("sleep 60")
    #expect(run("kubectl exec q -- cat /d/f") == "old\n")
    #expect(run("kubectl exec r -- cat /d/f") == "new\n")
    run("kubectl exec q -- sh -c 'echo mine > /d/f'")
    #expect(run("kubectl exec p -- cat /d/f") == "new\n")
    #expect(
      run("kubectl describe pvc small").contains(
        "requested volume size 1073741824 is less than the size 2147483648 for the source snapshot s"
      ))
    let finalizers = run("kubectl get volumesnapshot s -o jsonpath='{.metadata.finalizers[*]}'")
    #expect(
      finalizers == "snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection "
        + "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection")
    // A claim still waits for it, and a content is not deleted from under its snapshot.
    run("kubectl delete volumesnapshot s --wait=false; kubectl delete vsc --all --wait=false")
    run("sleep 30")
    #expect(events("s").contains("SnapshotDeletePending: Snapshot is being used to restore a PVC"))
    #expect(run("kubectl get vsc --no-headers").contains("Delete"))
    run("kubectl delete pvc small; sleep 30")
    #expect(run("kubectl get vsc") == "No resources found\n")
    #expect(!run("kubectl get volumesnapshot").contains("true"))
  }

  private func claim(_ name: String, _ more: String) -> String { claim(name, size: "1Gi", more) }
}
