import Testing

@testable import KubeCluster

private let start = """
  mkdir app; cd app
  kubectl create deploy web --image=nginx:1.25 --dry-run=client -o yaml > web.yaml
  echo 'just: text' > notes.yaml
  """

@Test("kustomize makes a file of what is in the folder, and edits it")
func kustomizeFile() {
  let desk = SurgeryDesk(.bare)
  desk.run(start)
  #expect(
    desk.run("kustomize create --autodetect --nameprefix dev-; cat kustomization.yaml") == """
      apiVersion: kustomize.config.k8s.io/v1beta1
      kind: Kustomization
      resources:
      - web.yaml
      namePrefix: dev-

      """)
  desk.run(
    """
    kustomize edit set image nginx=registry.example/nginx:1.27 busybox:1.36
    kustomize edit set image nginx=nginx:1.28
    kustomize edit set namespace shop
    kustomize edit set replicas web=3
    kustomize edit add label team:a,tier:web
    kustomize edit add configmap conf --from-literal=A=1
    """)
  #expect(
    desk.run("cat kustomization.yaml") == """
      apiVersion: kustomize.config.k8s.io/v1beta1
      kind: Kustomization
      resources:
      - web.yaml
      namePrefix: dev-
      images:
      - name: busybox
        newTag: "1.36"
      - name: nginx
        newName: nginx
        newTag: "1.28"
      namespace: shop
      replicas:
      - count: 3
        name: web
      commonLabels:
        team: a
        tier: web
      configMapGenerator:
      - literals:
        - A=1
        name: conf

      """)
  let built = desk.run("kustomize edit fix; kustomize build . ")
  #expect(built.contains("image: nginx:1.28\n") && built.contains("replicas: 3\n"), "\(built)")
}

@Test(
  "what kustomize cannot edit it refuses",
  arguments: [
    ("kustomize create", "Error: kustomization file already exists\n"),
    ("kustomize edit set image nginx", "Error: invalid format of image, use one of"),
    ("kustomize edit set replicas web", "Error: invalid format of replica"),
    ("kustomize edit add label x", "Error: invalid label format: x\n"),
    ("kustomize edit set nothing x", "Error: unknown command \"nothing\""),
    ("cd /; kustomize edit set namespace x", "Error: Missing kustomization file"),
    ("echo 'a: [' > kustomization.yaml; kustomize edit set namespace x", "Error: yaml: line "),
    ("kustomize sail", "Error: unknown command \"sail\" for \"kustomize\"\n"),
  ])
func kustomizeRefusals(_ line: String, _ words: String) {
  let desk = SurgeryDesk(.bare)
  desk.run(start)
  desk.run("kustomize create --resources web.yaml")
  #expect(desk.run("(\(line)) 2>&1").hasPrefix(words))
}
