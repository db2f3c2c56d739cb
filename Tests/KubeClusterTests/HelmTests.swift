import Testing

@testable import KubeCluster

private final class Desk {
  let cluster = Cluster(.single, seed: 9)

  func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }
}

@Test("a chart is created, installed, changed, rolled back and taken away")
func life() {
  let desk = Desk()
  #expect(desk.run("helm create web") == "Creating web\n")
  #expect(desk.run("helm lint web").hasSuffix("1 chart(s) linted, 0 chart(s) failed\n"))
  let installed = desk.run("helm install one ./web --set replicaCount=2")
  #expect(installed.hasPrefix("NAME: one\nLAST DEPLOYED: Mon Jun  1 09:"), "\(installed)")
  #expect(installed.contains("STATUS: deployed\nREVISION: 1\nNOTES:\n1. Get the application URL"))
  #expect(
    desk.run("kubectl get secret -l owner=helm -o name")
      == "secret/sh.helm.release.v1.one.v1\n")
  #expect(desk.run("kubectl get deploy one-web -o jsonpath={.spec.replicas}") == "2")
  #expect(
    desk.run(
      "kubectl get deploy one-web -o jsonpath='{.metadata.labels.app\\.kubernetes\\.io/managed-by}'"
    )
      == "Helm")
  #expect(desk.run("helm get values one") == "USER-SUPPLIED VALUES:\nreplicaCount: 2\n")
  let upgraded = desk.run("helm upgrade one ./web --set replicaCount=3,service.type=NodePort")
  #expect(
    upgraded.hasPrefix("Release \"one\" has been upgraded. Happy Helming!\nNAME: one\n"),
    "\(upgraded)")
  #expect(desk.run("kubectl get svc one-web -o jsonpath={.spec.type}") == "NodePort")
  #expect(desk.run("helm rollback one 1") == "Rollback was a success! Happy Helming!\n")
  #expect(desk.run("kubectl get deploy one-web -o jsonpath={.spec.replicas}") == "2")
  let history = desk.run("helm history one").split(separator: "\n").map(String.init)
  #expect(history.count == 4 && history[1].contains("superseded") && history[3].hasPrefix("3 "))
  #expect(history.last?.contains("Rollback to 1") == true, "\(history)")
  let list = desk.run("helm list")
  #expect(list.hasPrefix("NAME\tNAMESPACE\tREVISION\tUPDATED"), "\(list)")
  #expect(list.contains("one \tdefault  \t3       \t2026-06-01 09:"), "\(list)")
  #expect(
    desk.run("helm install one ./web")
      == "Error: INSTALLATION FAILED: cannot re-use a name that is still in use\n")
  #expect(desk.run("helm uninstall one") == "release \"one\" uninstalled\n")
  #expect(desk.run("kubectl get deploy,svc,sa -l app.kubernetes.io/instance=one -o name") == "")
  #expect(
    desk.run("helm uninstall one")
      == "Error: uninstall: Release not loaded: one: release: not found\n")
}

@Test("repositories are added, searched and installed from")
func repositories() {
  let desk = Desk()
  #expect(desk.run("helm repo list") == "Error: no repositories to show\n")
  #expect(
    desk.run("helm repo add bitnami https://charts.bitnami.com/bitnami")
      == "\"bitnami\" has been added to your repositories\n")
  #expect(desk.run("helm repo update").contains("Update Complete. ⎈Happy Helming!⎈\n"))
  let found = desk.run("helm search repo nginx --versions")
  #expect(found.hasPrefix("NAME         \tCHART VERSION\tAPP VERSION\tDESCRIPTION"), "\(found)")
  #expect(found.contains("bitnami/nginx\t22.3.2       \t1.29.3"), "\(found)")
  let made = desk.run("helm install db bitnami/mysql -n data --create-namespace --version ^9")
  #expect(made.contains("STATUS: deployed") && made.contains("CHART VERSION: 9.23.0"), "\(made)")
  #expect(desk.run("kubectl get sts -n data -o name") == "statefulset.apps/db-mysql\n")
  let first = desk.run("kubectl get secret -n data db-mysql -o jsonpath={.data}")
  _ = desk.run("helm upgrade db bitnami/mysql -n data")
  // The template looks the password up, so an upgrade keeps it.
  #expect(desk.run("kubectl get secret -n data db-mysql -o jsonpath={.data}") == first)
  #expect(desk.run("helm ls -A -q") == "db\n")
  #expect(
    desk.run("helm install x bitnami/nope").hasPrefix(
      "Error: INSTALLATION FAILED: chart \"nope\" matching  not found in bitnami index."))
  #expect(
    desk.run("helm repo add x https://charts.example.test")
      == "Error: looks like \"https://charts.example.test\" is not a valid chart repository or cannot "
      + "be reached: Get \"https://charts.example.test/index.yaml\": dial tcp: lookup "
      + "charts.example.test on 127.0.0.53:53: no such host\n")
  #expect(
    desk.run("helm show chart bitnami/redis --version 18.19.4").contains("appVersion: 7.2.4\n"))
  _ = desk.run("helm pull bitnami/redis --untar")
  #expect(desk.run("ls redis").contains("Chart.yaml\n"))
  #expect(
    desk.run("helm package redis")
      == "Successfully packaged chart and saved it to: /root/redis-24.0.0.tgz\n")
  #expect(desk.run("helm template r redis-24.0.0.tgz | grep -c '^kind: StatefulSet'") == "2\n")
}

@Test("bitnami's charts have the values, names and labels that they are known by")
func bitnamiCharts() {
  let desk = Desk()
  _ = desk.run("helm repo add bitnami https://charts.bitnami.com/bitnami")
  #expect(desk.run("helm show values bitnami/nginx | yq .service.type") == "LoadBalancer\n")
  let made = desk.run(
    "helm install web bitnami/nginx --version 18.1.7 --set replicaCount=2,service.type=NodePort,"
      + "service.ports.http=8081,service.nodePorts.http=30081")
  #expect(made.contains("CHART VERSION: 18.1.7\n"), "\(made)")
  #expect(
    desk.run(
      "kubectl get svc web-nginx -o jsonpath='{.spec.type} {.spec.ports[0].name} {.spec.ports[0].port} "
        + "{.spec.ports[0].targetPort} {.spec.ports[0].nodePort}'")
      == "NodePort http 8081 http 30081")
  #expect(
    desk.run(
      "kubectl get deploy web-nginx -o jsonpath='{.spec.replicas} "
        + "{.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].resources.limits.memory}'"
    ) == "2 docker.io/bitnami/nginx:1.25.5-debian-12-r0 192Mi")
  _ = desk.run("kubectl rollout status deploy/web-nginx --timeout=3m")
  #expect(desk.run("curl -s controlplane:30081 | grep -c 'Welcome to nginx'; ") == "2\n")
  #expect(
    desk.run("kubectl get netpol,pdb,sa -l app.kubernetes.io/instance=web -o name | wc -l") == "3\n"
  )
  _ = desk.run(
    "helm install cache bitnami/redis --set replica.replicaCount=1 --set auth.password=x")
  #expect(
    desk.run("kubectl get sts,secret -l app.kubernetes.io/instance=cache -o name")
      == "statefulset.apps/cache-redis-master\nstatefulset.apps/cache-redis-replicas\n"
      + "secret/cache-redis\n")
  _ = desk.run("helm install blog bitnami/wordpress")
  #expect(
    desk.run("kubectl get deploy,sts -l app.kubernetes.io/instance=blog -o name")
      == "deployment.apps/blog-wordpress\nstatefulset.apps/blog-mariadb\n")
  #expect(
    desk.run("helm show values bitnami/postgresql | yq .primary.service.ports.postgresql")
      == "5432\n")
  // There was never such a version.
  #expect(
    desk.run("helm pull bitnami/nginx --version 99.0.0").contains(
      "no chart version found for nginx-99.0.0"))
}

@Test("an upgrade waits for its own Pods, not for those it replaces")
func waiting() {
  let desk = Desk()
  _ = desk.run("helm create web; helm install one web --wait")
  #expect(
    desk.run("helm upgrade one web --set image.tag=nope --wait --timeout 30s")
      == "Error: UPGRADE FAILED: context deadline exceeded\n")
  #expect(desk.run("helm list --failed -q") == "one\n")
  #expect(
    desk.run("helm upgrade one web --set image.tag=nope --atomic --timeout 30s").hasPrefix(
      "Error: UPGRADE FAILED: release one failed, and has been rolled back due to atomic being set: "
        + "context deadline exceeded"))
  #expect(desk.run("helm history one | tail -1").contains("Rollback to "))
  #expect(desk.run("helm upgrade one ./nope") == "Error: path \"./nope\" not found\n")
  #expect(
    desk.run("helm status one -o json | jq 'has(\"chart\"), .info.status'")
      == "false\n\"deployed\"\n")
  #expect(desk.run("helm plugin list") == "NAME\tVERSION\tDESCRIPTION\n")
}

@Test("network plug-ins come as charts")
func plugInCharts() {
  let desk = Desk()
  _ = desk.run(
    "helm repo add cilium https://helm.cilium.io/; helm repo add projectcalico "
      + "https://docs.tigera.io/calico/charts")
  #expect(
    desk.run(
      "helm template cilium cilium/cilium --version 1.16.3 -n kube-system | grep 'image:' | head -1"
    )
      == "          image: \"quay.io/cilium/cilium:v1.16.3\"\n")
  #expect(
    desk.run(
      "helm template c cilium/cilium --set encryption.enabled=true --set encryption.type=wireguard "
        + "| grep -c 'enable-wireguard: \"true\"'") == "1\n")
  let made = desk.run(
    "helm install calico projectcalico/tigera-operator --version v3.27.0 -n tigera-operator "
      + "--create-namespace")
  #expect(made.contains("STATUS: deployed"), "\(made)")
  #expect(desk.run("kubectl get installation default -o name").hasSuffix("/default\n"))
}

@Test("hooks run, and what belongs to another is refused")
func hooks() {
  let desk = Desk()
  _ = desk.run("helm create web")
  _ = desk.run(
    """
    cat > web/templates/job.yaml <<'EOF'
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: {{ .Release.Name }}-migrate
      annotations:
        helm.sh/hook: pre-install,pre-upgrade
        helm.sh/hook-delete-policy: hook-succeeded
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: m, image: busybox, command: [sh, -c, "echo done"]}]
    EOF
    """)
  #expect(desk.run("helm install one web").contains("STATUS: deployed"))
  #expect(desk.run("kubectl get job -o name") == "")
  _ = desk.run("kubectl create deploy two-web --image=nginx")
  let refused = desk.run("helm install two web")
  #expect(
    refused.hasPrefix(
      "Error: INSTALLATION FAILED: Deployment \"two-web\" in namespace \"default\" exists and cannot "
        + "be imported into the current release: invalid ownership metadata; label validation error: "
        + "missing key \"app.kubernetes.io/managed-by\": must be set to \"Helm\";"), "\(refused)")
  _ = desk.run("kubectl wait --for=condition=Available deploy/one-web --timeout=2m")
  let tested = desk.run("helm test one")
  #expect(tested.contains("Phase:          Succeeded\n"), "\(tested)")
}
