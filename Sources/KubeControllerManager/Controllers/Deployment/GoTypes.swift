import Documents

/// The shapes of Go's types below PodTemplateSpec: what `GoDump` prints needs the order of their
/// fields, and fields that are not there.
enum GoTypes {
  /// What stands behind a field.
  indirect enum Shape: Sendable {
    case pointer(Shape)
    case list(Shape)
    case map(Shape)
    case number, boolean, quantity, intOrString, time, text
    /// A place in `structs`.
    case structure(Int)
  }

  struct Field: Sendable {
    /// Name and type as they are printed.
    let label: [UInt8]
    /// The member of the JSON object; nil: the object itself holds the embedded struct's members.
    let key: String?
    let shape: Shape
  }

  /// The fields of every struct, PodTemplateSpec's first.
  static let structs: [[Field]] = {
    var rows: [[Substring]] = []
    for line in table.utf8.split(separator: UInt8(ascii: "\n")) {
      let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }.map(
        Substring.init)
      if line.first == UInt8(ascii: " ") {
        rows[rows.count - 1] += words
      } else {
        rows.append(words)
      }
    }
    var places: [Substring: Int] = [:]
    for (place, row) in rows.enumerated() { places["v1." + row[0].dropLast()] = place }
    return rows.map { row in
      stride(from: 1, to: row.count - 2, by: 3).map { start in
        let (name, key, type) = (row[start], row[start + 1], row[start + 2])
        return Field(
          label: Array("\(name):(\(type))".utf8), key: key == "-" ? nil : String(key),
          shape: shape(type, places))
      }
    }
  }()

  private static func shape(_ type: Substring, _ places: [Substring: Int]) -> Shape {
    if type.hasPrefix("*") { return .pointer(shape(type.dropFirst(), places)) }
    if type.hasPrefix("[]") { return .list(shape(type.dropFirst(2), places)) }
    switch type {
    case "map[string]string": return .map(.text)
    case "v1.ResourceList": return .map(.quantity)
    case "int32", "int64": return .number
    case "bool": return .boolean
    case "resource.Quantity": return .quantity
    case "intstr.IntOrString": return .intOrString
    case "v1.Time": return .time
    default: return places[type].map { .structure($0) } ?? .text
    }
  }

  // Field, member and type of each, in the order of Kubernetes' Go structs.
  private static let table = """
    PodTemplateSpec: ObjectMeta metadata v1.ObjectMeta, Spec spec v1.PodSpec
    ObjectMeta: Name name string, GenerateName generateName string, Namespace namespace string,
      SelfLink selfLink string, UID uid types.UID, ResourceVersion resourceVersion string,
      Generation generation int64, CreationTimestamp creationTimestamp v1.Time,
      DeletionTimestamp deletionTimestamp *v1.Time,
      DeletionGracePeriodSeconds deletionGracePeriodSeconds *int64, Labels labels map[string]string,
      Annotations annotations map[string]string,
      OwnerReferences ownerReferences []v1.OwnerReference, Finalizers finalizers []string,
      ManagedFields managedFields []v1.ManagedFieldsEntry
    PodSpec: Volumes volumes []v1.Volume, InitContainers initContainers []v1.Container,
      Containers containers []v1.Container,
      EphemeralContainers ephemeralContainers []v1.EphemeralContainer,
      RestartPolicy restartPolicy v1.RestartPolicy,
      TerminationGracePeriodSeconds terminationGracePeriodSeconds *int64,
      ActiveDeadlineSeconds activeDeadlineSeconds *int64, DNSPolicy dnsPolicy v1.DNSPolicy,
      NodeSelector nodeSelector map[string]string, ServiceAccountName serviceAccountName string,
      DeprecatedServiceAccount serviceAccount string,
      AutomountServiceAccountToken automountServiceAccountToken *bool, NodeName nodeName string,
      HostNetwork hostNetwork bool, HostPID hostPID bool, HostIPC hostIPC bool,
      ShareProcessNamespace shareProcessNamespace *bool,
      SecurityContext securityContext *v1.PodSecurityContext,
      ImagePullSecrets imagePullSecrets []v1.LocalObjectReference, Hostname hostname string,
      Subdomain subdomain string, Affinity affinity *v1.Affinity,
      SchedulerName schedulerName string, Tolerations tolerations []v1.Toleration,
      HostAliases hostAliases []v1.HostAlias, PriorityClassName priorityClassName string,
      Priority priority *int32, DNSConfig dnsConfig *v1.PodDNSConfig,
      ReadinessGates readinessGates []v1.PodReadinessGate,
      RuntimeClassName runtimeClassName *string, EnableServiceLinks enableServiceLinks *bool,
      PreemptionPolicy preemptionPolicy *v1.PreemptionPolicy, Overhead overhead v1.ResourceList,
      TopologySpreadConstraints topologySpreadConstraints []v1.TopologySpreadConstraint,
      SetHostnameAsFQDN setHostnameAsFQDN *bool, OS os *v1.PodOS, HostUsers hostUsers *bool,
      SchedulingGates schedulingGates []v1.PodSchedulingGate,
      ResourceClaims resourceClaims []v1.PodResourceClaim,
      Resources resources *v1.ResourceRequirements, HostnameOverride hostnameOverride *string,
      SchedulingGroup schedulingGroup *v1.PodSchedulingGroup
    OwnerReference: APIVersion apiVersion string, Kind kind string, Name name string,
      UID uid types.UID, Controller controller *bool, BlockOwnerDeletion blockOwnerDeletion *bool
    Volume: Name name string, VolumeSource - v1.VolumeSource
    Container: Name name string, Image image string, Command command []string, Args args []string,
      WorkingDir workingDir string, Ports ports []v1.ContainerPort,
      EnvFrom envFrom []v1.EnvFromSource, Env env []v1.EnvVar,
      Resources resources v1.ResourceRequirements,
      ResizePolicy resizePolicy []v1.ContainerResizePolicy,
      RestartPolicy restartPolicy *v1.ContainerRestartPolicy,
      RestartPolicyRules restartPolicyRules []v1.ContainerRestartRule,
      VolumeMounts volumeMounts []v1.VolumeMount, VolumeDevices volumeDevices []v1.VolumeDevice,
      LivenessProbe livenessProbe *v1.Probe, ReadinessProbe readinessProbe *v1.Probe,
      StartupProbe startupProbe *v1.Probe, Lifecycle lifecycle *v1.Lifecycle,
      TerminationMessagePath terminationMessagePath string,
      TerminationMessagePolicy terminationMessagePolicy v1.TerminationMessagePolicy,
      ImagePullPolicy imagePullPolicy v1.PullPolicy,
      SecurityContext securityContext *v1.SecurityContext, Stdin stdin bool,
      StdinOnce stdinOnce bool, TTY tty bool
    EphemeralContainer: EphemeralContainerCommon - v1.EphemeralContainerCommon,
      TargetContainerName targetContainerName string
    PodSecurityContext: SELinuxOptions seLinuxOptions *v1.SELinuxOptions,
      WindowsOptions windowsOptions *v1.WindowsSecurityContextOptions, RunAsUser runAsUser *int64,
      RunAsGroup runAsGroup *int64, RunAsNonRoot runAsNonRoot *bool,
      SupplementalGroups supplementalGroups []int64,
      SupplementalGroupsPolicy supplementalGroupsPolicy *v1.SupplementalGroupsPolicy,
      FSGroup fsGroup *int64, Sysctls sysctls []v1.Sysctl,
      FSGroupChangePolicy fsGroupChangePolicy *v1.PodFSGroupChangePolicy,
      SeccompProfile seccompProfile *v1.SeccompProfile,
      AppArmorProfile appArmorProfile *v1.AppArmorProfile,
      SELinuxChangePolicy seLinuxChangePolicy *v1.PodSELinuxChangePolicy
    LocalObjectReference: Name name string
    Affinity: NodeAffinity nodeAffinity *v1.NodeAffinity, PodAffinity podAffinity *v1.PodAffinity,
      PodAntiAffinity podAntiAffinity *v1.PodAntiAffinity
    Toleration: Key key string, Operator operator v1.TolerationOperator, Value value string,
      Effect effect v1.TaintEffect, TolerationSeconds tolerationSeconds *int64
    HostAlias: IP ip string, Hostnames hostnames []string
    PodDNSConfig: Nameservers nameservers []string, Searches searches []string,
      Options options []v1.PodDNSConfigOption
    PodReadinessGate: ConditionType conditionType v1.PodConditionType
    TopologySpreadConstraint: MaxSkew maxSkew int32, TopologyKey topologyKey string,
      WhenUnsatisfiable whenUnsatisfiable v1.UnsatisfiableConstraintAction,
      LabelSelector labelSelector *v1.LabelSelector, MinDomains minDomains *int32,
      NodeAffinityPolicy nodeAffinityPolicy *v1.NodeInclusionPolicy,
      NodeTaintsPolicy nodeTaintsPolicy *v1.NodeInclusionPolicy,
      MatchLabelKeys matchLabelKeys []string
    PodOS: Name name v1.OSName
    PodSchedulingGate: Name name string
    PodResourceClaim: Name name string, ResourceClaimName resourceClaimName *string,
      ResourceClaimTemplateName resourceClaimTemplateName *string
    ResourceRequirements: Limits limits v1.ResourceList, Requests requests v1.ResourceList,
      Claims claims []v1.ResourceClaim
    PodSchedulingGroup: PodGroupName podGroupName *string
    VolumeSource: HostPath hostPath *v1.HostPathVolumeSource,
      EmptyDir emptyDir *v1.EmptyDirVolumeSource,
      GCEPersistentDisk gcePersistentDisk *v1.GCEPersistentDiskVolumeSource,
      AWSElasticBlockStore awsElasticBlockStore *v1.AWSElasticBlockStoreVolumeSource,
      GitRepo gitRepo *v1.GitRepoVolumeSource, Secret secret *v1.SecretVolumeSource,
      NFS nfs *v1.NFSVolumeSource, ISCSI iscsi *v1.ISCSIVolumeSource,
      Glusterfs glusterfs *v1.GlusterfsVolumeSource,
      PersistentVolumeClaim persistentVolumeClaim *v1.PersistentVolumeClaimVolumeSource,
      RBD rbd *v1.RBDVolumeSource, FlexVolume flexVolume *v1.FlexVolumeSource,
      Cinder cinder *v1.CinderVolumeSource, CephFS cephfs *v1.CephFSVolumeSource,
      Flocker flocker *v1.FlockerVolumeSource, DownwardAPI downwardAPI *v1.DownwardAPIVolumeSource,
      FC fc *v1.FCVolumeSource, AzureFile azureFile *v1.AzureFileVolumeSource,
      ConfigMap configMap *v1.ConfigMapVolumeSource,
      VsphereVolume vsphereVolume *v1.VsphereVirtualDiskVolumeSource,
      Quobyte quobyte *v1.QuobyteVolumeSource, AzureDisk azureDisk *v1.AzureDiskVolumeSource,
      PhotonPersistentDisk photonPersistentDisk *v1.PhotonPersistentDiskVolumeSource,
      Projected projected *v1.ProjectedVolumeSource,
      PortworxVolume portworxVolume *v1.PortworxVolumeSource,
      ScaleIO scaleIO *v1.ScaleIOVolumeSource, StorageOS storageos *v1.StorageOSVolumeSource,
      CSI csi *v1.CSIVolumeSource, Ephemeral ephemeral *v1.EphemeralVolumeSource,
      Image image *v1.ImageVolumeSource
    ContainerPort: Name name string, HostPort hostPort int32, ContainerPort containerPort int32,
      Protocol protocol v1.Protocol, HostIP hostIP string
    EnvFromSource: Prefix prefix string, ConfigMapRef configMapRef *v1.ConfigMapEnvSource,
      SecretRef secretRef *v1.SecretEnvSource
    EnvVar: Name name string, Value value string, ValueFrom valueFrom *v1.EnvVarSource
    ContainerResizePolicy: ResourceName resourceName v1.ResourceName,
      RestartPolicy restartPolicy v1.ResourceResizeRestartPolicy
    ContainerRestartRule: Action action v1.ContainerRestartRuleAction,
      ExitCodes exitCodes *v1.ContainerRestartRuleOnExitCodes
    VolumeMount: Name name string, ReadOnly readOnly bool,
      RecursiveReadOnly recursiveReadOnly *v1.RecursiveReadOnlyMode, MountPath mountPath string,
      SubPath subPath string, MountPropagation mountPropagation *v1.MountPropagationMode,
      SubPathExpr subPathExpr string
    VolumeDevice: Name name string, DevicePath devicePath string
    Probe: ProbeHandler - v1.ProbeHandler, InitialDelaySeconds initialDelaySeconds int32,
      TimeoutSeconds timeoutSeconds int32, PeriodSeconds periodSeconds int32,
      SuccessThreshold successThreshold int32, FailureThreshold failureThreshold int32,
      TerminationGracePeriodSeconds terminationGracePeriodSeconds *int64
    Lifecycle: PostStart postStart *v1.LifecycleHandler, PreStop preStop *v1.LifecycleHandler,
      StopSignal stopSignal *v1.Signal
    SecurityContext: Capabilities capabilities *v1.Capabilities, Privileged privileged *bool,
      SELinuxOptions seLinuxOptions *v1.SELinuxOptions,
      WindowsOptions windowsOptions *v1.WindowsSecurityContextOptions, RunAsUser runAsUser *int64,
      RunAsGroup runAsGroup *int64, RunAsNonRoot runAsNonRoot *bool,
      ReadOnlyRootFilesystem readOnlyRootFilesystem *bool,
      AllowPrivilegeEscalation allowPrivilegeEscalation *bool,
      ProcMount procMount *v1.ProcMountType, SeccompProfile seccompProfile *v1.SeccompProfile,
      AppArmorProfile appArmorProfile *v1.AppArmorProfile
    EphemeralContainerCommon: Name name string, Image image string, Command command []string,
      Args args []string, WorkingDir workingDir string, Ports ports []v1.ContainerPort,
      EnvFrom envFrom []v1.EnvFromSource, Env env []v1.EnvVar,
      Resources resources v1.ResourceRequirements,
      ResizePolicy resizePolicy []v1.ContainerResizePolicy,
      RestartPolicy restartPolicy *v1.ContainerRestartPolicy,
      RestartPolicyRules restartPolicyRules []v1.ContainerRestartRule,
      VolumeMounts volumeMounts []v1.VolumeMount, VolumeDevices volumeDevices []v1.VolumeDevice,
      LivenessProbe livenessProbe *v1.Probe, ReadinessProbe readinessProbe *v1.Probe,
      StartupProbe startupProbe *v1.Probe, Lifecycle lifecycle *v1.Lifecycle,
      TerminationMessagePath terminationMessagePath string,
      TerminationMessagePolicy terminationMessagePolicy v1.TerminationMessagePolicy,
      ImagePullPolicy imagePullPolicy v1.PullPolicy,
      SecurityContext securityContext *v1.SecurityContext, Stdin stdin bool,
      StdinOnce stdinOnce bool, TTY tty bool
    SELinuxOptions: User user string, Role role string, Type type string, Level level string
    WindowsSecurityContextOptions: GMSACredentialSpecName gmsaCredentialSpecName *string,
      GMSACredentialSpec gmsaCredentialSpec *string, RunAsUserName runAsUserName *string,
      HostProcess hostProcess *bool
    Sysctl: Name name string, Value value string
    SeccompProfile: Type type v1.SeccompProfileType, LocalhostProfile localhostProfile *string
    AppArmorProfile: Type type v1.AppArmorProfileType, LocalhostProfile localhostProfile *string
    NodeAffinity:
      RequiredDuringSchedulingIgnoredDuringExecution requiredDuringSchedulingIgnoredDuringExecution *v1.NodeSelector,
      PreferredDuringSchedulingIgnoredDuringExecution preferredDuringSchedulingIgnoredDuringExecution []v1.PreferredSchedulingTerm
    PodAffinity:
      RequiredDuringSchedulingIgnoredDuringExecution requiredDuringSchedulingIgnoredDuringExecution []v1.PodAffinityTerm,
      PreferredDuringSchedulingIgnoredDuringExecution preferredDuringSchedulingIgnoredDuringExecution []v1.WeightedPodAffinityTerm
    PodAntiAffinity:
      RequiredDuringSchedulingIgnoredDuringExecution requiredDuringSchedulingIgnoredDuringExecution []v1.PodAffinityTerm,
      PreferredDuringSchedulingIgnoredDuringExecution preferredDuringSchedulingIgnoredDuringExecution []v1.WeightedPodAffinityTerm
    PodDNSConfigOption: Name name string, Value value *string
    LabelSelector: MatchLabels matchLabels map[string]string,
      MatchExpressions matchExpressions []v1.LabelSelectorRequirement
    ResourceClaim: Name name string, Request request string
    HostPathVolumeSource: Path path string, Type type *v1.HostPathType
    EmptyDirVolumeSource: Medium medium v1.StorageMedium, SizeLimit sizeLimit *resource.Quantity
    GCEPersistentDiskVolumeSource: PDName pdName string, FSType fsType string,
      Partition partition int32, ReadOnly readOnly bool
    AWSElasticBlockStoreVolumeSource: VolumeID volumeID string, FSType fsType string,
      Partition partition int32, ReadOnly readOnly bool
    GitRepoVolumeSource: Repository repository string, Revision revision string,
      Directory directory string
    SecretVolumeSource: SecretName secretName string, Items items []v1.KeyToPath,
      DefaultMode defaultMode *int32, Optional optional *bool
    NFSVolumeSource: Server server string, Path path string, ReadOnly readOnly bool
    ISCSIVolumeSource: TargetPortal targetPortal string, IQN iqn string, Lun lun int32,
      ISCSIInterface iscsiInterface string, FSType fsType string, ReadOnly readOnly bool,
      Portals portals []string, DiscoveryCHAPAuth chapAuthDiscovery bool,
      SessionCHAPAuth chapAuthSession bool, SecretRef secretRef *v1.LocalObjectReference,
      InitiatorName initiatorName *string
    GlusterfsVolumeSource: EndpointsName endpoints string, Path path string, ReadOnly readOnly bool
    PersistentVolumeClaimVolumeSource: ClaimName claimName string, ReadOnly readOnly bool
    RBDVolumeSource: CephMonitors monitors []string, RBDImage image string, FSType fsType string,
      RBDPool pool string, RadosUser user string, Keyring keyring string,
      SecretRef secretRef *v1.LocalObjectReference, ReadOnly readOnly bool
    FlexVolumeSource: Driver driver string, FSType fsType string,
      SecretRef secretRef *v1.LocalObjectReference, ReadOnly readOnly bool,
      Options options map[string]string
    CinderVolumeSource: VolumeID volumeID string, FSType fsType string, ReadOnly readOnly bool,
      SecretRef secretRef *v1.LocalObjectReference
    CephFSVolumeSource: Monitors monitors []string, Path path string, User user string,
      SecretFile secretFile string, SecretRef secretRef *v1.LocalObjectReference,
      ReadOnly readOnly bool
    FlockerVolumeSource: DatasetName datasetName string, DatasetUUID datasetUUID string
    DownwardAPIVolumeSource: Items items []v1.DownwardAPIVolumeFile, DefaultMode defaultMode *int32
    FCVolumeSource: TargetWWNs targetWWNs []string, Lun lun *int32, FSType fsType string,
      ReadOnly readOnly bool, WWIDs wwids []string
    AzureFileVolumeSource: SecretName secretName string, ShareName shareName string,
      ReadOnly readOnly bool
    ConfigMapVolumeSource: LocalObjectReference - v1.LocalObjectReference,
      Items items []v1.KeyToPath, DefaultMode defaultMode *int32, Optional optional *bool
    VsphereVirtualDiskVolumeSource: VolumePath volumePath string, FSType fsType string,
      StoragePolicyName storagePolicyName string, StoragePolicyID storagePolicyID string
    QuobyteVolumeSource: Registry registry string, Volume volume string, ReadOnly readOnly bool,
      User user string, Group group string, Tenant tenant string
    AzureDiskVolumeSource: DiskName diskName string, DataDiskURI diskURI string,
      CachingMode cachingMode *v1.AzureDataDiskCachingMode, FSType fsType *string,
      ReadOnly readOnly *bool, Kind kind *v1.AzureDataDiskKind
    PhotonPersistentDiskVolumeSource: PdID pdID string, FSType fsType string
    ProjectedVolumeSource: Sources sources []v1.VolumeProjection, DefaultMode defaultMode *int32
    PortworxVolumeSource: VolumeID volumeID string, FSType fsType string, ReadOnly readOnly bool
    ScaleIOVolumeSource: Gateway gateway string, System system string,
      SecretRef secretRef *v1.LocalObjectReference, SSLEnabled sslEnabled bool,
      ProtectionDomain protectionDomain string, StoragePool storagePool string,
      StorageMode storageMode string, VolumeName volumeName string, FSType fsType string,
      ReadOnly readOnly bool
    StorageOSVolumeSource: VolumeName volumeName string, VolumeNamespace volumeNamespace string,
      FSType fsType string, ReadOnly readOnly bool, SecretRef secretRef *v1.LocalObjectReference
    CSIVolumeSource: Driver driver string, ReadOnly readOnly *bool, FSType fsType *string,
      VolumeAttributes volumeAttributes map[string]string,
      NodePublishSecretRef nodePublishSecretRef *v1.LocalObjectReference
    EphemeralVolumeSource: VolumeClaimTemplate volumeClaimTemplate *v1.PersistentVolumeClaimTemplate
    ImageVolumeSource: Reference reference string, PullPolicy pullPolicy v1.PullPolicy
    ConfigMapEnvSource: LocalObjectReference - v1.LocalObjectReference, Optional optional *bool
    SecretEnvSource: LocalObjectReference - v1.LocalObjectReference, Optional optional *bool
    EnvVarSource: FieldRef fieldRef *v1.ObjectFieldSelector,
      ResourceFieldRef resourceFieldRef *v1.ResourceFieldSelector,
      ConfigMapKeyRef configMapKeyRef *v1.ConfigMapKeySelector,
      SecretKeyRef secretKeyRef *v1.SecretKeySelector, FileKeyRef fileKeyRef *v1.FileKeySelector
    ContainerRestartRuleOnExitCodes: Operator operator v1.ContainerRestartRuleOnExitCodesOperator,
      Values values []int32
    ProbeHandler: Exec exec *v1.ExecAction, HTTPGet httpGet *v1.HTTPGetAction,
      TCPSocket tcpSocket *v1.TCPSocketAction, GRPC grpc *v1.GRPCAction
    LifecycleHandler: Exec exec *v1.ExecAction, HTTPGet httpGet *v1.HTTPGetAction,
      TCPSocket tcpSocket *v1.TCPSocketAction, Sleep sleep *v1.SleepAction
    Capabilities: Add add []v1.Capability, Drop drop []v1.Capability
    NodeSelector: NodeSelectorTerms nodeSelectorTerms []v1.NodeSelectorTerm
    PreferredSchedulingTerm: Weight weight int32, Preference preference v1.NodeSelectorTerm
    PodAffinityTerm: LabelSelector labelSelector *v1.LabelSelector, Namespaces namespaces []string,
      TopologyKey topologyKey string, NamespaceSelector namespaceSelector *v1.LabelSelector,
      MatchLabelKeys matchLabelKeys []string, MismatchLabelKeys mismatchLabelKeys []string
    WeightedPodAffinityTerm: Weight weight int32, PodAffinityTerm podAffinityTerm v1.PodAffinityTerm
    LabelSelectorRequirement: Key key string, Operator operator v1.LabelSelectorOperator,
      Values values []string
    KeyToPath: Key key string, Path path string, Mode mode *int32
    DownwardAPIVolumeFile: Path path string, FieldRef fieldRef *v1.ObjectFieldSelector,
      ResourceFieldRef resourceFieldRef *v1.ResourceFieldSelector, Mode mode *int32
    VolumeProjection: Secret secret *v1.SecretProjection,
      DownwardAPI downwardAPI *v1.DownwardAPIProjection,
      ConfigMap configMap *v1.ConfigMapProjection,
      ServiceAccountToken serviceAccountToken *v1.ServiceAccountTokenProjection,
      ClusterTrustBundle clusterTrustBundle *v1.ClusterTrustBundleProjection,
      PodCertificate podCertificate *v1.PodCertificateProjection
    PersistentVolumeClaimTemplate: ObjectMeta metadata v1.ObjectMeta,
      Spec spec v1.PersistentVolumeClaimSpec
    ObjectFieldSelector: APIVersion apiVersion string, FieldPath fieldPath string
    ResourceFieldSelector: ContainerName containerName string, Resource resource string,
      Divisor divisor resource.Quantity
    ConfigMapKeySelector: LocalObjectReference - v1.LocalObjectReference, Key key string,
      Optional optional *bool
    SecretKeySelector: LocalObjectReference - v1.LocalObjectReference, Key key string,
      Optional optional *bool
    FileKeySelector: VolumeName volumeName string, Path path string, Key key string,
      Optional optional *bool
    ExecAction: Command command []string
    HTTPGetAction: Path path string, Port port intstr.IntOrString, Host host string,
      Scheme scheme v1.URIScheme, HTTPHeaders httpHeaders []v1.HTTPHeader
    TCPSocketAction: Port port intstr.IntOrString, Host host string
    GRPCAction: Port port int32, Service service *string
    SleepAction: Seconds seconds int64
    NodeSelectorTerm: MatchExpressions matchExpressions []v1.NodeSelectorRequirement,
      MatchFields matchFields []v1.NodeSelectorRequirement
    SecretProjection: LocalObjectReference - v1.LocalObjectReference, Items items []v1.KeyToPath,
      Optional optional *bool
    DownwardAPIProjection: Items items []v1.DownwardAPIVolumeFile
    ConfigMapProjection: LocalObjectReference - v1.LocalObjectReference, Items items []v1.KeyToPath,
      Optional optional *bool
    ServiceAccountTokenProjection: Audience audience string,
      ExpirationSeconds expirationSeconds *int64, Path path string
    ClusterTrustBundleProjection: Name name *string, SignerName signerName *string,
      LabelSelector labelSelector *v1.LabelSelector, Optional optional *bool, Path path string
    PodCertificateProjection: SignerName signerName string, KeyType keyType string,
      MaxExpirationSeconds maxExpirationSeconds *int32,
      CredentialBundlePath credentialBundlePath string, KeyPath keyPath string,
      CertificateChainPath certificateChainPath string,
      UserAnnotations userAnnotations map[string]string
    PersistentVolumeClaimSpec: AccessModes accessModes []v1.PersistentVolumeAccessMode,
      Selector selector *v1.LabelSelector, Resources resources v1.VolumeResourceRequirements,
      VolumeName volumeName string, StorageClassName storageClassName *string,
      VolumeMode volumeMode *v1.PersistentVolumeMode,
      DataSource dataSource *v1.TypedLocalObjectReference,
      DataSourceRef dataSourceRef *v1.TypedObjectReference,
      VolumeAttributesClassName volumeAttributesClassName *string
    HTTPHeader: Name name string, Value value string
    NodeSelectorRequirement: Key key string, Operator operator v1.NodeSelectorOperator,
      Values values []string
    VolumeResourceRequirements: Limits limits v1.ResourceList, Requests requests v1.ResourceList
    TypedLocalObjectReference: APIGroup apiGroup *string, Kind kind string, Name name string
    TypedObjectReference: APIGroup apiGroup *string, Kind kind string, Name name string,
      Namespace namespace *string
    """
}
