using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Neighbours;

/// <summary>
/// The Verlet list of a device: particles are sorted into cells as wide as the list reaches, by id within a cell, and every particle gets the list of all its neighbours. The
/// same positions give the same order and the same list. Room for neighbours is made as needed.
/// </summary>
public sealed class DeviceNeighbourList : IDisposable
{
    private const int GroupSize = 128;
    private const int ScanGroup = 256;
    private const int ScanItems = 8;
    private const int FirstCapacity = 32;

    /// <summary>Particles that a thread of the search loads before it tests the first.</summary>
    private const int TestsAtOnce = 8;

    private readonly DeviceParticles particles;
    private readonly DeviceProgram program;
    private readonly DeviceBuffer<int> cells;
    private readonly DeviceBuffer<int> order;
    private readonly DeviceBuffer<Int4> newPositions;
    private readonly DeviceBuffer<Float4> newVelocities;
    private readonly DeviceBuffer<Int4> newImages;
    private readonly DeviceBuffer<Float4> newForces;
    private DeviceBuffer<int> cellCounts;
    private DeviceBuffer<int> starts;
    private DeviceBuffer<int> cursors;
    private DeviceBuffer<int> totals;

    public DeviceNeighbourList(DeviceParticles particles, DeviceTexts texts)
    {
        this.particles = particles;
        var device = particles.Device;
        program = device.Compile(KernelText.Load(
            "cells.cl", [texts.CellPrelude, "clock.cl", "particles.cl"], ("TESTS_AT_ONCE", particles.Count < TestsAtOnce ? 1 : TestsAtOnce)));
        cells = device.Allocate<int>(particles.Count);
        order = device.Allocate<int>(particles.Count);
        newPositions = device.Allocate<Int4>(particles.Count);
        newVelocities = device.Allocate<Float4>(particles.Count);
        newImages = device.Allocate<Int4>(particles.Count);
        newForces = device.Allocate<Float4>(particles.Count);
        (cellCounts, starts, cursors, totals) = (device.Allocate<int>(1), device.Allocate<int>(2), device.Allocate<int>(1), device.Allocate<int>(1));
        Pitch = (particles.Count + 31) / 32 * 32;
        Counts = device.Allocate<int>(particles.Count);
        Capacity = FirstCapacity;
        Entries = device.Allocate<int>((long)Pitch * Capacity);
        Counts.Clear();
    }

    /// <summary>Neighbour k of particle i at [k · <see cref="Pitch"/> + i].</summary>
    public DeviceBuffer<int> Entries { get; private set; }

    /// <summary>Neighbours of each particle.</summary>
    public DeviceBuffer<int> Counts { get; }

    public int Pitch { get; }

    /// <summary>Neighbours that there is room for; a new buffer takes the place of <see cref="Entries"/> when it grows.</summary>
    public int Capacity { get; private set; }

    /// <summary>Cells along each axis that particles were sorted into when the list was built.</summary>
    public (int X, int Y, int Z) Cells { get; private set; }

    /// <summary>First particle of each cell, and after the last one their number.</summary>
    public DeviceBuffer<int> Starts => starts;

    /// <summary>Bytes held.</summary>
    public long Bytes => Entries.Bytes + Counts.Bytes + cells.Bytes + order.Bytes + newPositions.Bytes + newVelocities.Bytes + newImages.Bytes + newForces.Bytes
        + cellCounts.Bytes + starts.Bytes + cursors.Bytes + totals.Bytes;

    /// <summary>Sorts the particles and lists all pairs closer than <paramref name="radius"/> [length].</summary>
    /// <returns>Whether <see cref="Entries"/> is another buffer now: what was recorded with the old one must be recorded again.</returns>
    /// <exception cref="RunFailedException">The cell is too narrow for that radius, or the device too small for the list.</exception>
    public bool Build(FixedPointCell cell, double radius)
    {
        Require(cell, radius);
        var (nx, ny, nz) = Cells = Divide(cell.Widths, radius);
        var cellsTotal = nx * ny * nz * particles.Replicas;
        Grow(cellsTotal);
        var p = particles;
        var scanGroups = (cellsTotal + ScanGroup * ScanItems - 1) / (ScanGroup * ScanItems);
        cellCounts.Clear();
        program["cell_count"].Launch(p.Count, GroupSize, p.Positions, cells, cellCounts, nx, ny, nz, p.Count, p.ReplicaSize);
        program["scan_blocks"].Launch(scanGroups * ScanGroup, ScanGroup, cellCounts, starts, totals, cellsTotal);
        program["scan_totals"].Launch(ScanGroup, ScanGroup, totals, scanGroups);
        program["scan_finish"].Launch(cellsTotal + 1, GroupSize, starts, cursors, totals, cellsTotal, p.Count);
        program["cell_scatter"].Launch(p.Count, GroupSize, cells, cursors, order, p.Count);
        program["cell_gather"].Launch(
            p.Count, GroupSize, order, cells, starts, p.Positions, p.Velocities, p.Images, p.Forces, newPositions, newVelocities, newImages, newForces, p.Count);
        newPositions.CopyTo(p.Positions);
        newVelocities.CopyTo(p.Velocities);
        newImages.CopyTo(p.Images);
        newForces.CopyTo(p.Forces);
        var moved = false;
        Span<int> most = stackalloc int[1];
        while (true)
        {
            program["neighbour_search"].Launch(
                p.Count, GroupSize, p.Positions, starts, p.Reference, Counts, Entries, Pitch, Capacity, p.Box, p.Control, (float)(radius * radius), nx, ny, nz,
                p.Count, p.ReplicaSize);
            p.Control.Download(most, ControlWord.MostNeighbours);
            if (most[0] <= Capacity)
            {
                return moved;
            }
            Entries.Dispose();
            Capacity = most[0] + most[0] / 4 + 4;
            Entries = p.Device.Allocate<int>((long)Pitch * Capacity);
            moved = true;
        }
    }

    /// <summary>Refuses a box in which a device, which sees the nearest image of each particle only, would miss others.</summary>
    /// <param name="device">Where.</param>
    /// <param name="box">The box.</param>
    /// <param name="reach">How far particles see each other [length].</param>
    /// <param name="unit">Of lengths, for the message.</param>
    /// <exception cref="InputException">It is too narrow along a periodic axis.</exception>
    public static void RequireRoom(Device device, Box box, double reach, string unit)
    {
        var width = reach > 0 && (box.PeriodicX || box.PeriodicY || box.PeriodicZ) ? box.SmallestPeriodicWidth : double.PositiveInfinity;
        if (!(width > 2 * reach))
        {
            throw new InputException(FormattableString.Invariant(
                $"the cell is {width:G5} {unit} wide, but {device.Address} treats the nearest image of each particle only, expected more than {2 * reach:G5} {unit}, twice the cutoff and some room; use a larger system, or --device cpu"));
        }
    }

    public void Dispose()
    {
        cells.Dispose();
        order.Dispose();
        newPositions.Dispose();
        newVelocities.Dispose();
        newImages.Dispose();
        newForces.Dispose();
        cellCounts.Dispose();
        starts.Dispose();
        cursors.Dispose();
        totals.Dispose();
        Entries.Dispose();
        Counts.Dispose();
    }

    /// <summary>A device sees the nearest image of each particle only.</summary>
    private static void Require(FixedPointCell cell, double radius)
    {
        var w = cell.Widths;
        var smallest = Math.Min(w.X, Math.Min(w.Y, w.Z));
        if (!(radius <= 0.5 * smallest))
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"a list that reaches {radius:G5} does not fit a cell with a smallest width of {smallest:G5}: a device treats the nearest image of each particle only, expected a width of at least {2 * radius:G5}; use more particles (system.replicate), or --device cpu"));
        }
    }

    /// <summary>Cells along each axis, each at least as wide as the radius, and not many more than particles.</summary>
    private (int X, int Y, int Z) Divide(Vector3d widths, double radius)
    {
        // Fractions are rounded to 2^-32 of the width; a hair keeps that from mattering.
        var most = Math.Max(3, (int)Math.Cbrt(2.0 * particles.ReplicaSize) + 1);
        return (Along(widths.X), Along(widths.Y), Along(widths.Z));

        int Along(double width) => Math.Clamp((int)(width / (radius * (1 + 1e-6))), 1, most);
    }

    private void Grow(int cellsTotal)
    {
        if (cellCounts.Length >= cellsTotal)
        {
            return;
        }
        cellCounts.Dispose();
        starts.Dispose();
        cursors.Dispose();
        totals.Dispose();
        var device = particles.Device;
        cellCounts = device.Allocate<int>(cellsTotal);
        starts = device.Allocate<int>(cellsTotal + 1);
        cursors = device.Allocate<int>(cellsTotal);
        totals = device.Allocate<int>((cellsTotal + ScanGroup * ScanItems - 1) / (ScanGroup * ScanItems));
    }
}
