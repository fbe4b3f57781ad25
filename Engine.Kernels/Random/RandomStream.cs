namespace Engine.Kernels.Random;

/// <summary>
/// Everything that draws random numbers, one stream each: two uses with the same seed, step and particle never see the same numbers.
/// The numbers are part of what a seed means, so they never change and are never reused.
/// </summary>
public enum RandomStream : uint
{
    LangevinNoise = 1,
    InitialVelocities = 2,
    BussiThermostat = 3,
    CellRescaling = 4,
    RandomPlacement = 5,
    BrownianNoise = 6,
    SparsePoints = 7,
    ActiveLearning = 8,
    NetworkParameters = 20,
    MiniBatches = 21,
    Dropout = 22,
    LatentNoise = 23,
    SpectrumProbes = 24,
    DataGenerator = 25,
    DataSelection = 26,
    PolicyActions = 27,
    Episodes = 28,
    Bootstrap = 45,
    KernelSamples = 50,
}
