import Foundation
import KubeCluster
import Testing

/// A Python with the `kubernetes` client, where there is one.
private let python: String? = {
  let own = ProcessInfo.processInfo.environment["DRYDOCK_TEST_PYTHON"]
  for candidate in [own, "/usr/bin/python3"].compactMap({ $0 }) {
    let process = Process()
    process.executableURL = URL(filePath: candidate)
    process.arguments = ["-c", "import kubernetes"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { continue }
    process.waitUntilExit()
    if process.terminationStatus == 0 { return candidate }
  }
  return nil
}()

private let script = """
  import threading
  from kubernetes import client, config, watch
  config.load_kube_config()
  core, apps = client.CoreV1Api(), client.AppsV1Api()
  seen, ready = [], threading.Event()
  def look():
      w = watch.Watch()
      ready.set()
      for event in w.stream(core.list_namespaced_config_map, "default", timeout_seconds=20):
          if event["object"].metadata.name == "c":
              seen.append(event["type"])
          if event["type"] == "DELETED":
              return
  looker = threading.Thread(target=look)
  looker.start()
  ready.wait()
  made = core.create_namespaced_config_map(
      "default", client.V1ConfigMap(metadata=client.V1ObjectMeta(name="c"), data={"a": "1"}))
  assert made.metadata.uid, made
  assert core.patch_namespaced_config_map("c", "default", {"data": {"a": "2"}}).data == {"a": "2"}
  assert "c" in [c.metadata.name for c in core.list_namespaced_config_map("default").items]
  core.delete_namespaced_config_map("c", "default")
  looker.join(20)
  assert seen == ["ADDED", "MODIFIED", "DELETED"], seen
  labels = {"app": "web"}
  container = client.V1Container(name="c", image="nginx")
  apps.create_namespaced_deployment("default", client.V1Deployment(
      metadata=client.V1ObjectMeta(name="web"),
      spec=client.V1DeploymentSpec(
          replicas=2, selector=client.V1LabelSelector(match_labels=labels),
          template=client.V1PodTemplateSpec(
              metadata=client.V1ObjectMeta(labels=labels),
              spec=client.V1PodSpec(containers=[container])))))
  assert apps.read_namespaced_deployment("web", "default").spec.strategy.type == "RollingUpdate"
  try:
      core.read_namespaced_pod("none", "default")
      assert False
  except client.ApiException as e:
      assert e.status == 404 and "not found" in e.body, e
  print("all well")
  """

@Test("the Python client creates, lists, watches and patches")
func pythonClient() throws {
  guard let python else {
    print("NO PYTHON with the kubernetes client: nothing was shown of it")
    return
  }
  let served = try Served(.apiserver)
  defer { served.stop() }
  let client = RealKubectl(path: python)
  let outcome = try client.run(["-c", script], kubeconfig: served.kubeconfig)
  #expect(outcome.output == "all well\n", "\(outcome)")
}
