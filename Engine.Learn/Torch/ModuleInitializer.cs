using System.Runtime.CompilerServices;
using Engine.Kernels.Native;

namespace Engine.Learn.Torch;

internal static class ModuleInitializer
{
#pragma warning disable CA2255 // The resolver must be in place before the first import of this assembly, whichever type makes it.
    [ModuleInitializer]
    internal static void Initialise() => NativeLibraries.Register(typeof(ModuleInitializer).Assembly);
#pragma warning restore CA2255
}
