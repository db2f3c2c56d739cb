import Testing

@testable import KubeCluster

/// Programs that images bring along to talk with the API server and with databases.
@Suite struct ClientsInPodsTests {
  private let cluster = Cluster(.kubeadm, seed: 5)

  private func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }

  @Test("kubectl in a Pod is its ServiceAccount, and obeys policies")
  func accounts() {
    _ = run(
      """
      kubectl create sa viewer; kubectl create role see --verb=list,get --resource=pods
      kubectl create rolebinding see --role=see --serviceaccount=default:viewer
      SA='{"spec":{"serviceAccountName":"viewer"}}'
      kubectl run once --image=bitnami/kubectl --restart=Never --overrides="$SA" -- get pods -o name
      kubectl run k8s --image=alpine/k8s:1.34.0 --overrides="$SA" -- sleep 1d
      kubectl run bare --image=registry.k8s.io/kubectl:v1.34.0 --restart=Never -- auth whoami
      kubectl wait --for=condition=Ready pod/k8s; sleep 5
      """)
    #expect(run("kubectl logs once").contains("pod/once\n"))
    #expect(run("kubectl get pod once bare --no-headers | grep -c Completed") == "2\n")
    #expect(run("kubectl logs bare").contains("system:serviceaccount:default:default"))
    #expect(
      run("kubectl exec k8s -- kubectl get secrets 2>&1").contains(
        "secrets is forbidden: User \"system:serviceaccount:default:viewer\" cannot list resource"))
    #expect(
      run("kubectl exec k8s -- helm list -q 2>&1").contains("cannot list resource \"secrets\""))
    _ = run(
      """
      kubectl apply -f - <<'END'
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: shut}
      spec: {podSelector: {matchLabels: {run: k8s}}, policyTypes: [Egress]}
      END
      """)
    #expect(
      run("kubectl exec k8s -- kubectl get pods 2>&1").contains(
        "Unable to connect to the server: dial tcp 10.96.0.1:443: i/o timeout"))
    #expect(run("kubectl get pods -o name | grep -c pod") == "3\n")
  }

  @Test("official images start, and those that do not exist fail")
  func official() {
    _ = run(
      """
      kubectl run hello --image=hello-world --restart=Never
      kubectl run mq --image=rabbitmq:3-management; kubectl run php --image=php:8.3-apache
      kubectl run fed --image=fedora:40 --restart=Never; kubectl run slip --image=rabitmq
      kubectl run py --image=python:3.12-slim -- sleep 1d; kubectl run web --image=httpd:2.4
      kubectl run wp --image=wordpress --env=WORDPRESS_DB_HOST=db; sleep 20
      """)
    #expect(run("kubectl logs hello").contains("Hello from Docker!\n"))
    #expect(
      run(
        "kubectl get pods --no-headers | awk '{print $1, $3}' | sed s/ErrImagePull/ImagePullBackOff/"
      )
        == "fed Completed\nhello Completed\nmq Running\nphp Running\npy Running\n"
        + "slip ImagePullBackOff\nweb Running\nwp Running\n")
    #expect(
      run("kubectl exec py -- python -V; kubectl exec py -- printenv PYTHON_VERSION")
        == "Python 3.12.12\n3.12.12\n")
    #expect(run("kubectl exec web -- httpd -v").hasPrefix("Server version: Apache/2.4.65 (Unix)\n"))
    let address = "$(kubectl get pod wp -o jsonpath={.status.podIP})"
    let ask = "ssh node01 \"curl -s -o /dev/null -w '%{http_code} %{redirect_url}' \(address)\""
    #expect(run(ask) == "500 ")
    _ = run(
      "kubectl run db --image=mysql:8.4 --env=MYSQL_ROOT_PASSWORD=x --port=3306 --expose;"
        + " kubectl wait --for=condition=Ready pod/db --timeout=90s")
    #expect(run(ask).hasPrefix("302 http://10.244."))
  }

  @Test("clients of databases tell whether a server is there")
  func databases() {
    _ = run(
      """
      kubectl run pg --image=postgres:16 --env=POSTGRES_PASSWORD=x --port=5432 --expose
      kubectl run my --image=mysql:8.4 --env=MYSQL_ROOT_PASSWORD=x
      kubectl run mo --image=mongo:7; kubectl wait --for=condition=Ready pod --all --timeout=60s
      """)
    let table = [
      ("pg -- pg_isready -U postgres", "/var/run/postgresql:5432 - accepting connections\n"),
      (
        "pg -- pg_isready -h pg -p 5433; echo $?",
        "pg:5433 - no response\n2\ncommand terminated with exit code 2\n"
      ),
      ("pg -- psql -U postgres -tAc 'select 1'", "1\n"),
      ("pg -- psql -U postgres -c 'SELECT 1;'", " ?column? \n----------\n        1\n(1 row)\n\n"),
      ("pg -- psql --version", "psql (PostgreSQL) 16.11\n"),
      (
        "my -- mysqladmin -uroot -px ping",
        "mysqld is alive\nmysqladmin: [Warning] Using a password on the command line interface can be "
          + "insecure.\n"
      ),
      (
        "my -- mysql -h 127.0.0.1 -e 'SELECT 1'",
        "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: NO)\n"
          + "command terminated with exit code 1\n"
      ),
      (
        "my -- mysql -h pg -e 'SELECT 1'; true",
        "ERROR 2003 (HY000): Can't connect to MySQL server on 'pg:3306' (110)\ncommand terminated with "
          + "exit code 1\n"
      ), ("mo -- mongosh --quiet --eval \"db.adminCommand('ping')\"", "{ ok: 1 }\n"),
    ]
    for (line, wanted) in table { #expect(run("kubectl exec \(line)") == wanted, "\(line)") }
  }

  @Test("applications of tutorials answer as they do there, and tags decide the version")
  func demonstrations() {
    let table = [
      (
        "a", "gcr.io/google-samples/kubernetes-bootcamp:v1", "8080",
        "Hello Kubernetes bootcamp! | Running on: a | v=1\n"
      ),
      (
        "b", "docker.io/jocatalin/kubernetes-bootcamp:v2", "8080",
        "Hello Kubernetes bootcamp! | Running on: b | v=2\n"
      ),
      (
        "c", "us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0", "8080",
        "Hello, world!\nVersion: 2.0.0\nHostname: c\n"
      ),
      ("d", "luksa/kubia", "8080", "You've hit d\n"),
      ("e", "hashicorp/http-echo:1.0", "5678", "hello-world\n"),
      ("f", "kennethreitz/httpbin", "80/get?x=1", "{\"x\":\"1\"}"),
      ("g", "nginxdemos/hello:plain-text", "80/a", "Server name: g\n"),
      ("h", "gcr.io/kuar-demo/kuard-amd64:blue", "8080/healthy", "ok"),
      ("i", "kodekloud/webapp-color", "8080", "Hello from i!"),
      ("j", "mysql:8.4", "", ""),
    ]
    for (name, image, _, _) in table {
      _ = run(
        "kubectl run \(name) --image=\(image) --env=MYSQL_ROOT_PASSWORD=x -- \(name == "j" ? "--max-connections=9" : "")"
      )
    }
    _ = run("kubectl wait --for=condition=Ready pod --all --timeout=300s")
    for (name, _, place, wanted) in table where !place.isEmpty {
      let parts = place.split(separator: "/", maxSplits: 1)
      let path = parts.count > 1 ? "/\(parts[1])" : ""
      let told = run(
        "ssh node01 \"curl -s '$(kubectl get pod \(name) -o jsonpath={.status.podIP}):\(parts[0])\(path)'\""
      )
      #expect(
        told.contains(wanted) || told.filter { !$0.isWhitespace }.contains(wanted),
        "\(name) \(told)")
    }
    // A wrapper script gives options alone to its own program.
    #expect(
      run("kubectl exec j -- cat /proc/1/cmdline | tr '\\0' ' '") == "mysqld --max-connections=9 ")
  }
}
