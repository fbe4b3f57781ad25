using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap.Fit;

/// <summary>One sum over sparse points in a fit: its sparse points, their covariance, and what each contributes to energies, forces and virials.</summary>
internal abstract class GapBasis : IDisposable
{
    protected const double GiB = 1 << 30;

    /// <summary>For messages: "soap of Hf".</summary>
    public abstract string Name { get; }

    /// <summary>Number of sparse points, once they are chosen.</summary>
    public abstract int Count { get; }

    /// <summary>Number of sparse points that the settings ask for.</summary>
    public abstract int Asked { get; }

    /// <summary>How many descriptors there were to choose from.</summary>
    public int Candidates { get; protected set; }

    /// <summary>Refuses data without anything to choose from, where that is quick to see.</summary>
    /// <param name="frames">The training data.</param>
    /// <exception cref="Engine.Kernels.Errors.InputException">There is nothing.</exception>
    public virtual void RequireCandidates(IReadOnlyList<TrainingFrame> frames)
    {
    }

    /// <summary>Chooses the sparse points.</summary>
    /// <param name="frames">The training data.</param>
    /// <param name="seed">Of choices at random.</param>
    /// <param name="memory">Bytes that the choice may take.</param>
    /// <param name="workers">The thread team.</param>
    /// <exception cref="Engine.Kernels.Errors.InputException">It takes more, or there is nothing to choose from.</exception>
    public abstract void ChooseSparsePoints(IReadOnlyList<TrainingFrame> frames, ulong seed, double memory, Workers workers);

    /// <summary>Whether a set has the same descriptor, so that its sparse points are of use.</summary>
    public abstract bool Fits(GapSparseSet set);

    /// <summary>Takes sparse points chosen before.</summary>
    public abstract void SetSparsePoints(GapSparseSet set);

    /// <summary>Covariance of the sparse points [eV²].</summary>
    public abstract void Covariance(Matrix<double> k);

    /// <summary>
    /// What sparse points contribute to a frame: the energy, −force of every particle and axis, −virial xx yy zz xy xz yz, as far as the frame has them. Called by several
    /// threads at once.
    /// </summary>
    /// <param name="frame">The frame.</param>
    /// <param name="rows">A row for each, a column for each sparse point; all 0.</param>
    public abstract void AddRows(TrainingFrame frame, Matrix<double> rows);

    /// <summary>The set with its weights α.</summary>
    public abstract GapSparseSet ToSet(double[] weights);

    public abstract void Dispose();
}
