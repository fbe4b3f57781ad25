namespace Engine.IO.Hdf5;

/// <summary>How files and what they hold are made: without times, so that the same content has the same bytes whenever it is written.</summary>
internal static class Hdf5Creation
{
    /// <summary>A new file, in the place of an older one; its number, to be closed by the caller.</summary>
    public static long File(string path)
    {
        using var creation = Hdf5Handle.Of(H5P.create(H5P.FILE_CREATE), "H5Pcreate");
        H5P.set_obj_track_times(creation.Id, 0);
        using var access = Hdf5Handle.Of(H5P.create(H5P.FILE_ACCESS), "H5Pcreate");
        // The 1.10 format has a checksum on all its metadata and an order of writing that a kill cannot tear.
        H5P.set_libver_bounds(access.Id, H5P.LIBVER_V110, H5P.LIBVER_V110);
        H5P.set_fclose_degree(access.Id, H5P.FCLOSE_STRONG);
        // No lock on the file: its folder has one or its name is temporary, and a process that is started meanwhile would inherit the library's
        // and hold it for a moment after the file was closed.
        H5P.set_file_locking(access.Id, 0, 1);
        // Space is taken piece by piece: blocks held in reserve would be given back at a flush, and the file would depend on when that was.
        H5P.set_meta_block_size(access.Id, 0);
        H5P.set_small_data_block_size(access.Id, 0);
        return Hdf5Exception.Check(H5F.create(path, H5F.ACC_TRUNC, creation.Id, access.Id), "H5Fcreate");
    }

    /// <summary>A new group in a group that is there.</summary>
    public static Hdf5Handle Group(long file, string path)
    {
        using var list = Hdf5Handle.Of(H5P.create(H5P.GROUP_CREATE), "H5Pcreate");
        H5P.set_obj_track_times(list.Id, 0);
        return Hdf5Handle.Of(H5G.create(file, path, H5.DEFAULT, list.Id, H5.DEFAULT), "H5Gcreate");
    }

    /// <summary>The properties that a new dataset has whatever it holds.</summary>
    public static Hdf5Handle DatasetProperties()
    {
        var list = Hdf5Handle.Of(H5P.create(H5P.DATASET_CREATE), "H5Pcreate");
        H5P.set_obj_track_times(list.Id, 0);
        return list;
    }
}
