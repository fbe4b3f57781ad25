using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Soap;

/// <summary>
/// Descriptors of one structure on a device, in double; positions are rounded to 2⁻³² of the cell, and only the nearest image of each particle is seen
/// (<see cref="DeviceNeighbourList.RequireRoom"/>).
/// </summary>
public sealed class DeviceSoapDescriptors : IDisposable
{
    /// <summary>Centres that fill any device.</summary>
    public const int EnoughRows = 4096;

    private readonly DeviceParticles particles;
    private readonly DeviceNeighbourList list;
    private readonly DeviceSoap soap;
    private readonly int[] centres;
    private readonly DeviceBuffer<double> coefficients;
    private readonly DeviceBuffer<double> descriptors;
    private readonly DeviceBuffer<double> norms;

    /// <param name="device">Where; stays the caller's.</param>
    /// <param name="kernels">The descriptor; stays the caller's.</param>
    /// <param name="texts">Definitions that fit the cell.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="positions">Particles, as fractions of it.</param>
    /// <param name="atomicNumbers">Of each species.</param>
    /// <param name="centres">Particles that get a descriptor, in the order of the rows; one at least.</param>
    /// <param name="most">Descriptors that are held at most; fewer where the device has no room for them.</param>
    /// <exception cref="InputException">The device has too little local memory for the descriptor.</exception>
    /// <exception cref="RunFailedException">The device has no room for the structure.</exception>
    public DeviceSoapDescriptors(
        Device device, SoapKernels kernels, DeviceTexts texts, FixedPointCell cell, ReadOnlySpan<Int4> positions, IReadOnlyList<int> atomicNumbers, int[] centres, int most)
    {
        this.centres = centres;
        particles = new(device, positions.Length, positions.Length);
        list = new(particles, texts);
        soap = new(particles, list, texts, kernels, atomicNumbers, centres.Length);
        particles.Positions.Upload(positions);
        particles.Images.Upload([.. Enumerable.Range(0, positions.Length).Select(i => new Int4(0, 0, 0, i))]);
        particles.Velocities.Clear();
        particles.SetCell(cell);
        // The list is made in floats.
        list.Build(cell, soap.Settings.Cutoff * (1 + 1e-6));
        // It has sorted the particles.
        var places = new int[positions.Length];
        foreach (var (image, place) in particles.Images.ToArray().Select((image, place) => (image, place)))
        {
            places[image.W] = place;
        }
        soap.Centres.Upload([.. centres.Select(centre => places[centre])]);
        var (ofDensity, ofDescriptor) = ((long)soap.CoefficientLength, soap.Settings.Length);
        RowsAtOnce = (int)Math.Clamp(
            device.Room.For(sizeof(double) * (ofDensity + ofDescriptor + 1), sizeof(double) * Math.Max(ofDensity, ofDescriptor)), 1, Math.Min(most, centres.Length));
        coefficients = device.Allocate<double>((long)RowsAtOnce * soap.CoefficientLength);
        descriptors = device.Allocate<double>((long)RowsAtOnce * soap.Settings.Length);
        norms = device.Allocate<double>(RowsAtOnce);
    }

    /// <summary>Descriptors that there is room for.</summary>
    public int RowsAtOnce { get; }

    /// <summary>Descriptors of some centres, as many as <paramref name="rows"/> has room for.</summary>
    /// <param name="first">The first, counted among the centres.</param>
    /// <param name="rows">[centre, component]; <see cref="RowsAtOnce"/> centres at most.</param>
    /// <exception cref="InputException">Another particle is at the same place as one of the centres.</exception>
    public void Compute(int first, Span<double> rows)
    {
        var count = rows.Length / soap.Settings.Length;
        soap.Describe(first, count, coefficients, descriptors, soap.Settings.Length, norms, GraphStep.AtOnce);
        descriptors.Download(rows);
        var wrong = Array.FindIndex(norms.ToArray(), 0, count, norm => !double.IsFinite(norm));
        if (wrong >= 0)
        {
            throw new InputException($"soap: a particle is at the place of particle {centres[first + wrong]}, expected a distance between them; correct the structure");
        }
    }

    public void Dispose()
    {
        norms.Dispose();
        descriptors.Dispose();
        coefficients.Dispose();
        soap.Dispose();
        list.Dispose();
        particles.Dispose();
    }
}
