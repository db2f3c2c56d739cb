import KubeControllerManager
import KubeNode

extension VolumeStorage: VolumeDataStore {}
