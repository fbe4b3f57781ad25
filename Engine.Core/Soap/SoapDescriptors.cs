using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Memory;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Particles;
using Engine.Kernels.Soap;
using Engine.Kernels.Threading;

namespace Engine.Core.Soap;

/// <summary>SOAP descriptors of whole frames. Same frame, same bits, for any team of threads.</summary>
public sealed class SoapDescriptors : IDisposable
{
    private readonly SoapKernels kernels;
    private readonly ConcurrentBag<Room> rooms = [];

    /// <exception cref="InputException">Settings out of range.</exception>
    public SoapDescriptors(SoapSettings settings)
    {
        kernels = SoapKernels.Create(settings);
    }

    public SoapSettings Settings => kernels.Settings;

    /// <summary>Descriptors of all centres of a frame.</summary>
    /// <param name="frame">Species are chemical elements.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="gradients">Whether derivatives with respect to positions are wanted, too.</param>
    /// <exception cref="InputException">A species is no chemical element, or two particles are at the same place.</exception>
    public SoapFrame Compute(Configuration frame, Workers workers, bool gradients = false) =>
        ComputeCentres(frame, CentresOf(frame), Sort(frame), workers, gradients);

    /// <summary>The same a number of centres at a time, for frames whose derivatives do not fit into memory; no part for a frame without centres.</summary>
    /// <param name="frame">Species are chemical elements.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="gradients">Whether derivatives with respect to positions are wanted, too.</param>
    /// <param name="most">Centres of a part, at most.</param>
    /// <exception cref="InputException">As for <see cref="Compute"/>, when the part is reached.</exception>
    public IEnumerable<SoapFrame> ComputeParts(Configuration frame, Workers workers, bool gradients, int most)
    {
        var cells = Sort(frame);
        return CentresOf(frame).Chunk(most).Select(part => ComputeCentres(frame, part, cells, workers, gradients));
    }

    /// <summary>Values on a device, as many centres at a time as it has room for; no part for a frame without centres. Positions are rounded to 2⁻³² of the cell.</summary>
    /// <param name="frame">Species are chemical elements.</param>
    /// <param name="device">Where.</param>
    /// <param name="most">Centres of a part, at most.</param>
    /// <exception cref="InputException">As for <see cref="Compute"/>; or the cell is narrower than twice the cutoff, or the device has too little local memory.</exception>
    /// <exception cref="RunFailedException">The device has no room for the frame.</exception>
    public IEnumerable<SoapFrame> ComputeOn(Configuration frame, Device device, int most = DeviceSoapDescriptors.EnoughRows)
    {
        var centres = CentresOf(frame);
        if (centres.Length == 0)
        {
            yield break;
        }
        var box = frame.Box;
        DeviceNeighbourList.RequireRoom(device, box, (1 + 1e-6) * Settings.Cutoff, UnitSystem.Metal.LengthUnit);
        var particles = Enumerable.Range(0, frame.Count);
        var cell = FixedPointCell.Around(box, particles.Select(frame.Position), Settings.Cutoff);
        using var soap = new DeviceSoapDescriptors(
            device, kernels, DeviceTexts.Of(box), cell, [.. particles.Select(i => cell.ToFixed(frame.Position(i), frame.Species[i]).Position)],
            AtomicNumbers(frame), centres, most);
        var done = 0;
        foreach (var part in centres.Chunk(soap.RowsAtOnce))
        {
            var values = new double[part.Length, Settings.Length];
            soap.Compute(done, MemoryMarshal.CreateSpan(ref values[0, 0], values.Length));
            done += part.Length;
            yield return new(part, values, null);
        }
    }

    /// <summary>One descriptor of the whole frame: the power spectrum of the sum of all centres' coefficients.</summary>
    /// <param name="frame">Species are chemical elements.</param>
    /// <exception cref="InputException">See <see cref="Compute"/>; or the frame has no centre.</exception>
    public unsafe double[] ComputeAverage(Configuration frame)
    {
        var numbers = AtomicNumbers(frame);
        var cells = Sort(frame);
        var room = Rent();
        var sum = new double[kernels.CoefficientLength];
        var any = false;
        for (var i = 0; i < frame.Count; i++)
        {
            if (Settings.IsCentre(numbers[frame.Species[i]]))
            {
                any = true;
                Expand(frame, numbers, cells, i, room);
                for (var k = 0; k < sum.Length; k++)
                {
                    sum[k] += room.Coefficients[k];
                }
            }
        }
        if (!any)
        {
            throw new InputException($"soap: {frame.Name} has none of the centres {string.Join(", ", Settings.Centres)} (atomic numbers), expected at least one; correct the settings");
        }
        var result = new double[Settings.Length];
        fixed (double* c = sum)
        {
            kernels.PowerSpectrum(c, room.Scratch, result);
        }
        rooms.Add(room);
        return result;
    }

    /// <summary>Atomic numbers of species.</summary>
    /// <exception cref="InputException">One is no chemical element.</exception>
    public static int[] AtomicNumbers(IReadOnlyList<Species> species) => AtomicNumbers(species, "");

    /// <summary>Atomic numbers of the species of a frame.</summary>
    /// <exception cref="InputException">One is no chemical element.</exception>
    public static int[] AtomicNumbers(Configuration frame) => AtomicNumbers(frame.SpeciesTable, frame.Place is { } place ? $"{place}: " : "");

    /// <summary>Refuses a frame with particles at the same place.</summary>
    /// <exception cref="InputException">It has.</exception>
    internal static void RequireDistances(Configuration frame, ImageCells cells)
    {
        // Far enough for a number of cells that is of the order of that of the particles.
        const double range = 2;
        cells.Build(frame, range);
        for (var i = 0; i < frame.Count; i++)
        {
            cells.ForEach(i, (j, _, _, _, square) => RequireDistance(frame, i, j, square));
        }
    }

    public void Dispose()
    {
        while (rooms.TryTake(out var room))
        {
            room.Dispose();
        }
        kernels.Dispose();
    }

    private static void RequireDistance(Configuration frame, int first, int second, double square)
    {
        if (square == 0)
        {
            throw new InputException($"{frame.Name}: particles {Math.Min(first, second)} and {Math.Max(first, second)} are at the same place, expected a distance between them; correct the structure");
        }
    }

    private static int[] AtomicNumbers(IReadOnlyList<Species> species, string where) =>
    [
        .. species.Select(s => Elements.AtomicNumberOf(s.Name) is > 0 and var z
            ? z
            : throw new InputException($"{where}species {s.Name} is no chemical element, expected a symbol such as Si; SOAP and GAP tell species by their atomic numbers")),
    ];

    private SoapFrame ComputeCentres(Configuration frame, int[] centres, ImageCells cells, Workers workers, bool gradients)
    {
        var numbers = AtomicNumbers(frame);
        var values = new double[centres.Length, Settings.Length];
        var derivatives = gradients ? new SoapGradient[centres.Length] : null;
        workers.For(centres.Length, 16, (start, end) =>
        {
            var room = Rent();
            for (var k = start; k < end; k++)
            {
                ComputeCentre(frame, numbers, cells, centres[k], room, Row(values, k), derivatives, k);
            }
            rooms.Add(room);
        });
        return new(centres, values, derivatives);
    }

    private int[] CentresOf(Configuration frame)
    {
        var numbers = AtomicNumbers(frame);
        return [.. Enumerable.Range(0, frame.Count).Where(i => Settings.IsCentre(numbers[frame.Species[i]]))];
    }

    private unsafe void ComputeCentre(
        Configuration frame, int[] numbers, ImageCells cells, int centre, Room room, Span<double> descriptor, SoapGradient[]? derivatives, int k)
    {
        Expand(frame, numbers, cells, centre, room);
        var norm = kernels.PowerSpectrum(room.Coefficients.Pointer, room.Scratch, descriptor);
        if (derivatives is null)
        {
            return;
        }
        var (neighbours, length) = (room.Neighbours.Count, Settings.Length);
        var gradient = new SoapGradient(new int[neighbours + 1], new double[3 * (neighbours + 1), length]);
        for (var j = 0; j < neighbours; j++)
        {
            gradient.Particles[j] = room.Neighbours.Index[j];
        }
        gradient.Particles[neighbours] = centre;
        fixed (double* rows = gradient.Rows)
        {
            kernels.Jacobian(room.Neighbours, room.Coefficients.Pointer, descriptor, norm, room.Scratch, rows);
        }
        derivatives[k] = gradient;
    }

    private unsafe void Expand(Configuration frame, int[] numbers, ImageCells cells, int centre, Room room)
    {
        var list = room.Neighbours;
        list.Clear();
        cells.ForEach(centre, (j, dx, dy, dz, square) =>
        {
            var channel = Settings.ChannelOf(numbers[frame.Species[j]]);
            if (channel < 0)
            {
                return;
            }
            RequireDistance(frame, centre, j, square);
            list.Add(dx, dy, dz, Math.Sqrt(square), channel, j);
        });
        list.Complete();
        kernels.Expand(list, Settings.ChannelOf(numbers[frame.Species[centre]]), room.Scratch, room.Coefficients.Pointer);
    }

    private ImageCells Sort(Configuration frame)
    {
        var cells = new ImageCells();
        cells.Build(frame, Settings.Cutoff);
        return cells;
    }

    private Room Rent() => rooms.TryTake(out var room) ? room : new(kernels);

    private static Span<double> Row(double[,] matrix, int row) =>
        MemoryMarshal.CreateSpan(ref matrix[row, 0], matrix.GetLength(1));

    private sealed class Room(SoapKernels kernels) : IDisposable
    {
        public Neighbourhood Neighbours { get; } = new();

        public SoapScratch Scratch { get; } = new(kernels);

        public AlignedBuffer<double> Coefficients { get; } = new(kernels.CoefficientLength);

        public void Dispose()
        {
            Neighbours.Dispose();
            Scratch.Dispose();
            Coefficients.Dispose();
        }
    }
}
