/// The provisioners that people install in clusters like these.
enum Provisioners {
  static let all: [Provisioner] = [
    Provisioner(
      name: "rancher.io/local-path", image: "local-path-provisioner",
      form: .nodeDirectory(root: "/opt/local-path-provisioner")),
    Provisioner(
      name: "microk8s.io/hostpath", image: "hostpath-provisioner",
      form: .directory(root: "/var/snap/microk8s/common/default-storage")),
    Provisioner(
      name: "k8s.io/minikube-hostpath", image: "storage-provisioner",
      form: .directory(root: "/tmp/hostpath-provisioner")),
    Provisioner(
      name: "k8s-sigs.io/nfs-subdir-external-provisioner",
      image: "nfs-subdir-external-provisioner", form: .share),
    Provisioner(
      name: "cluster.local/nfs-subdir-external-provisioner",
      image: "nfs-subdir-external-provisioner", form: .share),
    Provisioner(
      name: "hostpath.csi.k8s.io", image: "hostpathplugin",
      form: .disk(handle: "", topology: nil, limit: nil), capacity: 1 << 40),
    Provisioner(
      name: "ebs.csi.aws.com", image: "aws-ebs-csi-driver",
      form: .disk(handle: "vol-", topology: "topology.kubernetes.io/zone", limit: 25)),
    Provisioner(
      name: "pd.csi.storage.gke.io", image: "gcp-compute-persistent-disk-csi-driver",
      form: .disk(handle: "pvc-", topology: "topology.kubernetes.io/zone", limit: 127)),
    Provisioner(
      name: "disk.csi.azure.com", image: "azuredisk-csi",
      form: .disk(handle: "pvc-", topology: "topology.kubernetes.io/zone", limit: 8)),
    Provisioner(
      name: "rook-ceph.rbd.csi.ceph.com", image: "cephcsi",
      form: .disk(handle: "0001-0009-rook-ceph-", topology: nil, limit: nil)),
    Provisioner(
      name: "driver.longhorn.io", image: "longhorn-manager",
      form: .disk(handle: "pvc-", topology: nil, limit: nil)),
  ]
}
