/// One controller: watches what it needs and brings the cluster nearer to what is asked for.
protocol Reconciler: AnyObject, SendableMetatype {
  /// Its name, as `--controllers` and its service account know it: replicaset-controller.
  static var name: String { get }
  init(_ context: ControllerContext)
  func start()
}
