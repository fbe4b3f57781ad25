using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Neighbours;

/// <summary>
/// The Verlet list of a device: particles are sorted into cells of which one or two are as wide as the list reaches, by id within a cell, and every particle gets the list of all its neighbours. The
/// same positions give the same order and the same list. Room for neighbours is made as needed.
/// </summary>
public sealed class DeviceNeighbourList : IDisposable
{
    private const int GroupSize = 128;
    private const int ScanGroup = 256;
    private const int ScanItems = 8;

    /// <summary>So many particles are sorted by one group instead of by five kernels, of which each costs its start in every graph (an estimate: not yet measured).</summary>
    private const int MostSortedByOneGroup = 16_384;

    /// <summary>Most cells of such a sort, where the local memory of a group has room for a number for each, and one for each thread.</summary>
    private const int MostSortCells = 8192;
    private const int FirstCapacity = 32;

    /// <summary>Particles that a thread of the search loads before it tests the first.</summary>
    private const int TestsAtOnce = 8;

    /// <summary>A device with fewer threads than this in flight is not full.</summary>
    internal const int ThreadsToFill = 200_000;

    /// <summary>Threads for a particle, of which each has a row of small cells or two.</summary>
    private const int MostLanes = 16;

    /// <summary>Of <see cref="Limits"/>.</summary>
    private const int ReachSquared = 3;

    private readonly DeviceParticles particles;
    private readonly DeviceProgram program;

    /// <summary>Threads that share a particle in the search.</summary>
    private readonly int lanes;
    private readonly int sortGroup;
    private readonly int sortCells;
    private readonly int mostSortedByOneGroup;

    /// <summary>Particles that there is room for: whole lines of memory.</summary>
    private readonly int pitch;
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

    /// <param name="particles">The particles.</param>
    /// <param name="texts">Definitions shared with the other kernels.</param>
    /// <param name="lanes">Threads that share a particle in the search, a power of two; 0 to choose. No bit of the list depends on it.</param>
    /// <param name="hasRows">Whether the neighbours of a particle lie side by side, for threads that share it, or the fours of particles.</param>
    public DeviceNeighbourList(DeviceParticles particles, DeviceTexts texts, int lanes = 0, bool hasRows = false)
        : this(particles, texts, lanes, hasRows, MostSortedByOneGroup)
    {
    }

    /// <param name="particles">The particles.</param>
    /// <param name="texts">Definitions shared with the other kernels.</param>
    /// <param name="lanes">Threads that share a particle in the search, a power of two; 0 to choose. No bit of the list depends on it.</param>
    /// <param name="hasRows">Whether the neighbours of a particle lie side by side, for threads that share it, or the fours of particles.</param>
    /// <param name="mostSortedByOneGroup">Particles; no bit depends on this either.</param>
    internal DeviceNeighbourList(DeviceParticles particles, DeviceTexts texts, int lanes, bool hasRows, int mostSortedByOneGroup)
    {
        (this.particles, HasRows, this.mostSortedByOneGroup) = (particles, hasRows, mostSortedByOneGroup);
        var device = particles.Device;
        this.lanes = lanes > 0 ? lanes : LanesFor(device, particles.Count);
        sortGroup = Math.Min(1024, device.MaximumGroupSize);
        sortCells = (int)Math.Min(MostSortCells, device.LocalMemoryBytes / sizeof(int) - sortGroup);
        program = device.Compile(KernelText.Load(
            "cells.cl", [texts.CellPrelude, "clock.cl", "particles.cl"], ("TESTS_AT_ONCE", particles.Count < TestsAtOnce ? 1 : TestsAtOnce), ("SEARCH_GROUP", GroupSize),
            ("SEARCH_LANES", this.lanes), ("SORT_GROUP", sortGroup), ("SORT_CELLS", sortCells)));
        cells = device.Allocate<int>(particles.Count);
        order = device.Allocate<int>(particles.Count);
        newPositions = device.Allocate<Int4>(particles.Count);
        newVelocities = device.Allocate<Float4>(particles.Count);
        newImages = device.Allocate<Int4>(particles.Count);
        newForces = device.Allocate<Float4>(particles.Count);
        (cellCounts, starts, cursors, totals) = (device.Allocate<int>(1), device.Allocate<int>(2), device.Allocate<int>(1), device.Allocate<int>(1));
        pitch = (particles.Count + 31) / 32 * 32;
        Counts = device.Allocate<int>(particles.Count);
        Capacity = FirstCapacity;
        Entries = device.Allocate<int>((long)pitch * Capacity);
        Limits = device.Allocate<float>(ReachSquared + 1);
        Counts.Clear();
        cellCounts.Clear();
        Limits.Clear();
    }

    /// <summary>Neighbours by fours: number k of particle i at [i <see cref="RowPitch"/> + k / 4 · <see cref="FourPitch"/> + k mod 4].</summary>
    public DeviceBuffer<int> Entries { get; private set; }

    /// <summary>Neighbours of each particle.</summary>
    public DeviceBuffer<int> Counts { get; }

    public int RowPitch => HasRows ? Capacity : 4;

    public int FourPitch => HasRows ? 4 : 4 * pitch;

    /// <summary>Whether the neighbours of a particle lie side by side, or the fours of particles.</summary>
    public bool HasRows { get; }

    /// <summary>Neighbours that there is room for; a new buffer takes the place of <see cref="Entries"/> when it grows.</summary>
    public int Capacity { get; private set; }

    /// <summary>The cells that particles are sorted into when the list is built.</summary>
    public DeviceGrid Grid { get; private set; } = new(1, 1, 1, 1);

    /// <summary>First particle of each cell, and after the last one their number.</summary>
    public DeviceBuffer<int> Starts => starts;

    /// <summary>Bytes held.</summary>
    public long Bytes => Entries.Bytes + Counts.Bytes + cells.Bytes + order.Bytes + newPositions.Bytes + newVelocities.Bytes + newImages.Bytes + newForces.Bytes
        + cellCounts.Bytes + starts.Bytes + cursors.Bytes + totals.Bytes;

    /// <summary>Squares of distances [length²], see clock.cl: those of <see cref="SetLimits"/>, and how far the list reaches.</summary>
    public DeviceBuffer<float> Limits { get; }

    /// <summary>Sorts the particles and lists all pairs closer than <paramref name="radius"/> [length].</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="radius">How far the list reaches [length].</param>
    /// <param name="grid">Cells to sort them into, as wide as it takes; null to choose.</param>
    /// <returns>Whether what was recorded of <see cref="LaunchInGraph"/> or reads the list must be recorded again: it has other buffers or other cells.</returns>
    /// <exception cref="RunFailedException">The cell is too narrow for that radius, or the device too small for the list.</exception>
    public bool Build(FixedPointCell cell, double radius, DeviceGrid? grid = null)
    {
        Require(cell, radius);
        var former = (Grid, Entries, starts);
        Grid = grid ?? DeviceGrid.Of(cell, radius, particles.ReplicaSize);
        Grow(CellsTotal);
        Limits.Upload([(float)(radius * radius)], ReachSquared);
        Sort(GraphStep.AtOnce);
        Span<int> most = stackalloc int[1];
        while (true)
        {
            Search(GraphStep.AtOnce);
            particles.Control.Download(most, ControlWord.MostNeighbours);
            if (most[0] <= Capacity)
            {
                return former != (Grid, Entries, starts);
            }
            Entries.Dispose();
            // Rows begin with a line of memory.
            var whole = HasRows ? 32 : 4;
            Capacity = (most[0] + most[0] / 4 + 4 + whole - 1) / whole * whole;
            Entries = particles.Device.Allocate<int>((long)pitch * Capacity);
        }
    }

    /// <summary>The cell or the list is another one; distances that particles may move until the list is out of date, and that none can move in truth [length].</summary>
    /// <param name="largest">Half of what the list reaches beyond the cutoff in the cell as it is.</param>
    /// <param name="whole">The same of a list that is built of the cell as it is.</param>
    /// <param name="runaway">Beyond it, the run explodes.</param>
    public void SetLimits(double largest, double whole, double runaway) =>
        Limits.Upload([(float)(largest * largest), (float)(runaway * runaway), (float)(whole * whole)]);

    /// <summary>Launches what builds the list anew in a graph that finds it out of date: with the reach in <see cref="Limits"/>, into the cells of <see cref="Grid"/>.</summary>
    public void LaunchInGraph()
    {
        Sort(GraphStep.AfterList);
        Search(GraphStep.AfterList);
        program["list_built"].Launch(1, 1, particles.Ring, particles.Control, Limits, Capacity, GraphStep.AfterList);
    }

    /// <summary>Whether <see cref="Grid"/> will do for a list of another cell: its cells are as wide as it takes.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="radius">How far the list reaches [length].</param>
    public bool Fits(FixedPointCell cell, double radius) => SeesNearestOnly(cell.Widths.SmallestComponent, radius) && Grid.Fits(cell.Widths, radius);

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
        Limits.Dispose();
    }

    /// <summary>Whether the nearest images of particles are the only ones in reach.</summary>
    private static bool SeesNearestOnly(double smallestWidth, double radius) => radius <= 0.5 * smallestWidth;

    /// <summary>A device sees the nearest image of each particle only.</summary>
    private static void Require(FixedPointCell cell, double radius)
    {
        var smallest = cell.Widths.SmallestComponent;
        if (!SeesNearestOnly(smallest, radius))
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"a list that reaches {radius:G5} does not fit a cell with a smallest width of {smallest:G5}: a device treats the nearest image of each particle only, expected a width of at least {2 * radius:G5}; use more particles (system.replicate), or --device cpu"));
        }
    }

    /// <summary>Enough to fill the device.</summary>
    private static int LanesFor(Device device, int particles)
    {
        var lanes = 1;
        while (device.Description.Kind == DeviceKind.Cuda && lanes < MostLanes && particles <= ThreadsToFill / (2 * lanes))
        {
            lanes *= 2;
        }
        return lanes;
    }

    private int CellsTotal => Grid.Cells * particles.Replicas;

    /// <summary>Brings the particles into the order of cells. The same kernels, when <see cref="GraphStep"/> says.</summary>
    private void Sort(int when)
    {
        var (p, (nx, ny, nz, _), cellsTotal) = (particles, Grid, CellsTotal);
        var scanGroups = (cellsTotal + ScanGroup * ScanItems - 1) / (ScanGroup * ScanItems);
        if (p.Count <= mostSortedByOneGroup && cellsTotal <= sortCells)
        {
            program["cell_sort"].Launch(
                sortGroup, sortGroup, p.Positions, cells, starts, order, nx, ny, nz, cellsTotal, p.Count, p.ReplicaSize, p.Ring, p.Control, when);
        }
        else
        {
            program["cell_count"].Launch(p.Count, GroupSize, p.Positions, cells, cellCounts, nx, ny, nz, p.Count, p.ReplicaSize, p.Ring, p.Control, when);
            program["scan_blocks"].Launch(scanGroups * ScanGroup, ScanGroup, cellCounts, starts, totals, cellsTotal, p.Ring, p.Control, when);
            program["scan_totals"].Launch(ScanGroup, ScanGroup, totals, scanGroups, p.Ring, p.Control, when);
            program["scan_finish"].Launch(cellsTotal + 1, GroupSize, cellCounts, starts, cursors, totals, cellsTotal, p.Count, p.Ring, p.Control, when);
            program["cell_scatter"].Launch(p.Count, GroupSize, cells, cursors, order, p.Count, p.Ring, p.Control, when);
        }
        program["cell_gather"].Launch(
            p.Count, GroupSize, order, cells, starts, p.Positions, p.Velocities, p.Images, p.Forces, newPositions, newVelocities, newImages, newForces, p.Count, p.Ring,
            p.Control, when);
        program["cell_settle"].Launch(
            p.Count, GroupSize, newPositions, newVelocities, newImages, newForces, p.Positions, p.Velocities, p.Images, p.Forces, p.Reference, p.Count, p.Ring, p.Control, when);
    }

    private void Search(int when)
    {
        var (p, (nx, ny, nz, aside)) = (particles, Grid);
        program["neighbour_search"].Launch(
            p.Count * lanes, GroupSize, p.Positions, starts, Counts, Entries, RowPitch, FourPitch, Capacity, p.Box, p.Control, Limits, nx, ny, nz, aside, p.Count, p.ReplicaSize, p.Ring, when);
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
        cellCounts.Clear();
        starts = device.Allocate<int>(cellsTotal + 1);
        cursors = device.Allocate<int>(cellsTotal);
        totals = device.Allocate<int>((cellsTotal + ScanGroup * ScanItems - 1) / (ScanGroup * ScanItems));
    }
}
