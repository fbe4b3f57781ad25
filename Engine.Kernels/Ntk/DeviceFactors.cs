using System.Numerics;
using Engine.Kernels.Devices;

namespace Engine.Kernels.Ntk;

/// <summary>A layer's factors of some samples on a device; the memory belongs to whoever put it there.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Positions">Which positions are whose.</param>
/// <param name="Inputs">A, [positions, a]; null for rules without.</param>
/// <param name="InputWidth">a; 0 without.</param>
/// <param name="Gradients">Derivatives, [positions, C · b]: those of a position side by side, output by output.</param>
/// <param name="Outputs">C.</param>
/// <param name="Width">b.</param>
/// <param name="Tokens">Rows of a table, [positions], ascending within a sample and without repetition; null for other rules.</param>
public sealed record DeviceFactors<T>(
    DevicePositions Positions, DeviceBuffer<T>? Inputs, int InputWidth, DeviceBuffer<T> Gradients, int Outputs, int Width, DeviceBuffer<int>? Tokens = null)
    where T : unmanaged, IFloatingPointIeee754<T>;
